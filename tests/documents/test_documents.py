"""What the documents say is true: every command, path, setting, intent and link that they name exists."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import click
import pytest
import yaml

from assistant.cli import main

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
NOT_OURS = {".git", ".venv", ".tools", ".state", ".rasa", "models", "node_modules", "results"}
# Made when needed, or a company's own files, so not in the repository.
MADE = (".venv/", ".tools/", ".state/", "models/")
FOREIGN = {
    "deploy.yml",
    "shop.yaml",
    "catalog-info.yaml",
    "catalog-info.yml",
    "platform.yaml",
    "running.json",
    "endpoints.yml",
    ".env",
    "nl2bash_oos_dev.txt",
}
ENDINGS = (".py", ".yml", ".yaml", ".md", ".json", ".toml", ".lock", ".in", ".txt")

FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
PATH = re.compile(r"\.?[\w-][\w.*<>-]*(/[\w.*<>-]+)*/?")
# The catalogue's own annotations; a folder of ours ends in a slash.
ANNOTATION = re.compile(r"assistant/[\w.<>-]+")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


@cache
def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def spans(document: Path) -> list[str]:
    return SPAN.findall(FENCE.sub("", text_of(document)))


def code(document: Path) -> Iterator[str]:
    """Everything in code style: spans, and the lines of fenced blocks without their comments."""
    yield from spans(document)
    for block in FENCE.findall(text_of(document)):
        yield from (line.split("  #")[0] for line in block.splitlines())


@cache
def files() -> tuple[frozenset[str], frozenset[str]]:
    """Every file and folder of the repository by its path, and every file by its bare name."""
    found = [
        path
        for path in ROOT.rglob("*")
        if not NOT_OURS & set(path.relative_to(ROOT).parts) and "__pycache__" not in str(path)
    ]
    paths = frozenset(str(path.relative_to(ROOT)) for path in found)
    return paths, frozenset(path.name for path in found if path.is_file())


@pytest.fixture(params=DOCUMENTS, ids=NAMES)
def document(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_every_make_target_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = {found for line in code(document) for found in re.findall(r"(?:^|[\s(])make ([a-z][a-z-]*)", line)}
    assert named - targets == set()


def test_every_command_and_option_of_the_assistant_exists(document: Path) -> None:
    for line in code(document):
        # `/assistant …` is a command in Slack.
        for words in re.findall(r"(?:^|\s|\w/)assistant ((?:[\w=./-]+ ?)+)", line):
            assert problem_of(words.split()) is None, f"{line}: {problem_of(words.split())}"


def problem_of(words: list[str]) -> str | None:
    """Why the command line does not know these words; names that stand for a value are let through."""
    command: click.Command = main
    for word in words:
        if word.startswith("-"):
            if word not in {name for parameter in command.params for name in parameter.opts} | {"--help"}:
                return f"{command.name} has no option {word}"
        elif isinstance(command, click.Group):
            if word not in command.commands:
                return f"{command.name} has no command {word}"
            command = command.commands[word]
    return None


def test_every_path_exists(document: Path) -> None:
    missing = [word for span in spans(document) for word in span.split() if is_missing(word.rstrip(".,;:"))]
    assert missing == []


def is_missing(word: str) -> bool:
    """Whether it looks like a path of ours, whole or its end, and is none. ``*`` and ``<name>`` stand for anything."""
    paths, names = files()
    path = word.rstrip("/")
    if not PATH.fullmatch(word) or word.startswith(MADE) or Path(path).name in FOREIGN:
        return False
    if "/" not in path:
        return path.endswith(ENDINGS) and path not in names
    folder_of_ours = path.split("/")[0] in {each.split("/")[0] for each in paths}
    if not path.endswith(ENDINGS) and (not folder_of_ours or ANNOTATION.fullmatch(word)):
        return False  # owner/repository, application/json ...
    pattern = re.compile("(.*/)?" + re.sub(r"<[^>]*>|\\\*", "[^/]+", re.escape(path)))
    return not any(pattern.fullmatch(each) for each in paths)


def test_the_checks_notice_what_is_wrong() -> None:
    assert is_missing("assistant/nowhere.py") and is_missing("tests/nothing/") and is_missing("nowhere.yml")
    assert (
        not is_missing("assistant/cli.py")
        and not is_missing("ci/github_actions.py")
        and not is_missing("data/*/status.yml")
    )
    assert problem_of(["catalog", "chekc"]) and problem_of(["doctor", "--loud"])
    assert problem_of(["catalog", "explain", "checkout", "--json"]) is None


def test_every_link_leads_somewhere(document: Path) -> None:
    for target in LINK.findall(SPAN.sub("", FENCE.sub("", text_of(document)))):
        address = urlsplit(target)
        if address.scheme:
            assert address.scheme == "https", target
            continue
        place = (document.parent / address.path).resolve() if address.path else document
        assert place.exists(), target
        assert not address.fragment or address.fragment in anchors(place), target


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub gives to headings: lower case, spaces as hyphens, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(document)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def settings_in_code() -> set[str]:
    """The names that our code asks the settings for, and those that ``NAME_TOKEN`` and the like stand for."""
    found: set[str] = set()
    for path in [
        *(ROOT / "assistant").rglob("*.py"),
        *(ROOT / "extensions").rglob("*.py"),
        *(ROOT / "actions").rglob("*.py"),
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and node.args
                and called(node) in ("get", "secret", "port", "seconds", "setdefault", "_path")
            ):
                found |= setting_of(node.args[0])
            elif isinstance(node, ast.Dict):
                keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
                found |= {key for key in keys if isinstance(key, str) and key.endswith("_PORT")}
    return found


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def setting_of(argument: ast.expr) -> set[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return {argument.value} if re.fullmatch(r"[A-Z][A-Z0-9_]{4,}", argument.value) else set()
    if isinstance(argument, ast.JoinedStr) and isinstance(argument.values[-1], ast.Constant):
        ending = str(argument.values[-1].value)
        kinds = {"_USER": ("JENKINS",), "_TOKEN": ("GITHUB", "JENKINS")}.get(ending, ("GITHUB",))
        return {kind + ending for kind in kinds} if ending.startswith("_") and ending != "_FILE" else set()
    return set()


def test_the_settings_are_those_of_the_code() -> None:
    table = text_of(ROOT / "docs" / "operations.md").partition("## Settings")[2].partition("\n## ")[0]
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))
    assert len(documented) > 10
    assert documented == settings_in_code()


def test_the_example_of_settings_names_each_of_them() -> None:
    named = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert {name.removesuffix("_FILE") for name in named} == settings_in_code()


def test_every_intent_is_a_use_case_with_its_true_state() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    rows = re.findall(
        r"^\| [^|]+ \| [^|]+ \| ([^|]+) \| \w+ \| \w+ \| (\w+) \|$",
        text_of(ROOT / "docs" / "use-cases.md"),
        re.MULTILINE,
    )
    told = {intent: state for intents, state in rows for intent in re.findall(r"`(\w+)`", intents)}
    assert sorted(told) == sorted(domain["intents"])
    assert told == {intent: "understood" if intent in not_built() else "works" for intent in domain["intents"]}


def not_built() -> set[str]:
    bodies = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (ROOT / "data" / "rules").glob("*.yml")]
    steps = [rule["steps"] for body in bodies for rule in body["rules"]]
    return {each[0]["intent"] for each in steps if {"action": "action_not_built"} in each}


def test_the_app_may_only_read_and_its_address_says_the_same() -> None:
    manifest = json.loads((ROOT / "deploy" / "github" / "app-manifest.json").read_text(encoding="utf-8"))
    permissions = manifest["default_permissions"]
    assert set(permissions.values()) == {"read"}
    page = text_of(ROOT / "docs" / "connect-github.md")
    address = re.search(r"https://github\.com/organizations/YOUR-ORG/settings/apps/new\?\S+", page)
    assert address
    asked = dict(parse_qsl(urlsplit(address[0]).query))
    assert {key: value for key, value in asked.items() if value in ("read", "write", "admin")} == permissions
    explained = {name.lower().replace(" ", "_") for name in re.findall(r"^\| ([\w ]+) \| ", page, re.MULTILINE)}
    assert explained >= set(permissions)
