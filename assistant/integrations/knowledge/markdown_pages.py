"""Files of a documents folder as sections: Markdown by its headings, FAQ files by their questions.

Markdown is CommonMark with tables (https://spec.commonmark.org). Between two lines of ``---`` at the top may stand
``title``, ``owner``, ``keywords`` (other words that people look for it with), ``updated`` and ``review`` (dates as
2026-03-02). A FAQ file is YAML:

    owner: platform
    faq:
      - question: How do I get a token?
        variants: [where do I find my API key]
        answer: Ask for it in ...        # Markdown
        review: 2026-09-01
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from assistant.contracts.docs import Block
from assistant.contracts.errors import CatalogueBroken
from assistant.contracts.platform import DocumentFolder

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.MULTILINE | re.DOTALL)
_INDEX_PAGES = ("index", "README")


@dataclass(frozen=True)
class Section:
    """A part of a page under one heading; ``variants`` are other ways to ask for it, searched but never shown: those
    of a question, and the keywords of a page.

    ``path`` and ``modified`` (ns) are of the file that it was read from.
    """

    file: str
    page: str
    headings: tuple[str, ...]
    blocks: tuple[Block, ...]
    variants: str = ""
    url: str | None = None
    owner: str | None = None
    changed: date | None = None
    review: date | None = None
    path: Path | None = None
    modified: int = 0


def read_markdown(folder: DocumentFolder, file: str, text: str) -> Iterator[Section]:
    """The sections of a page.

    Args:
        file: its path within the folder, with slashes.

    Raises:
        CatalogueBroken: what stands between the lines of ``---`` cannot be used.
    """
    front = _FRONT_MATTER.match(text)
    facts = _mapping(file, front[1], 1) if front else {}
    root = SyntaxTreeNode(_parser().parse(text[front.end() :] if front else text))
    path: list[tuple[int, str]] = []
    anchors, anchor = _Anchors(folder), ""
    title = str(facts.get("title") or "")
    blocks: list[Block] = []
    common = {**_common(folder, file, facts), "variants": _words(facts.get("keywords"))}

    def section() -> Iterator[Section]:
        if any(block.lines for block in blocks):
            page = title or PurePosixPath(file).stem.replace("-", " ").capitalize()
            headings = tuple(name for _, name in path if name != page)
            yield Section(page=page, headings=headings, blocks=tuple(blocks), url=_url(folder, file, anchor), **common)

    for node in root.children:
        if node.type != "heading":
            blocks += _blocks(node)
            continue
        yield from section()
        level, name = int(node.tag[1:]), _inline(node)
        path = [*((depth, each) for depth, each in path if depth < level), (level, name)]
        anchor, blocks = anchors.of(name), []
        title = title or name
    yield from section()


def read_faq(folder: DocumentFolder, file: str, text: str) -> Iterator[Section]:
    """The questions of a FAQ file; none when the file is something else. Raises CatalogueBroken."""
    content = _mapping(file, text, 0)
    anchors, page = _Anchors(folder), str(content.get("title") or "Frequently asked questions")
    entries = content.get("faq") or []
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries], 1):
        if not isinstance(entry, dict) or not entry.get("question") or not entry.get("answer"):
            raise CatalogueBroken(file, 0, f"expected question and answer in entry {number} of faq")
        question = str(entry["question"])
        yield Section(
            page=page,
            headings=(question,),
            blocks=tuple(
                block
                for node in SyntaxTreeNode(_parser().parse(str(entry["answer"]))).children
                for block in _blocks(node)
            ),
            variants=_words(entry.get("variants")),
            url=_url(folder, file, anchors.of(question)),
            **_common(folder, file, {**content, **entry}),
        )


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def _mapping(file: str, text: str, first: int) -> dict[str, Any]:
    try:
        value = yaml.load(text, yaml.CSafeLoader) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 + first if error.problem_mark else 0
        raise CatalogueBroken(file, line, f"expected YAML, but {error.problem}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # ValueError: a date that no calendar has
        raise CatalogueBroken(file, 0, "expected YAML that can be read") from error
    if not isinstance(value, dict):
        raise CatalogueBroken(file, first + 1, "expected names with values, for example owner: platform")
    return value


def _words(value: Any) -> str:
    """A list of words, or one of them, as text to search in."""
    return " ".join(map(str, value if isinstance(value, list) else [value or ""]))


def _common(folder: DocumentFolder, file: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    owner = facts.get("owner") or folder.owner
    dates = {"changed": _date(file, facts, "updated"), "review": _date(file, facts, "review")}
    return {"file": file, "owner": str(owner) if owner else None, **dates}


def _date(file: str, facts: Mapping[str, Any], name: str) -> date | None:
    value = facts.get(name)
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise CatalogueBroken(file, 0, f"expected a date such as 2026-03-02 at {name}, not “{value}”") from error


def _url(folder: DocumentFolder, file: str, anchor: str) -> str | None:
    if folder.url is None:
        return None
    path = PurePosixPath(file)
    page = path.parent if path.stem in _INDEX_PAGES else path.with_suffix("")
    filled = folder.url.replace("{file}", file).replace("{page}", page.as_posix().removeprefix("."))
    return f"{filled}#{anchor}" if anchor else filled


class _Anchors:
    """Anchors of headings: as MkDocs makes them, or as GitHub does where the address is a file's.

    https://python-markdown.github.io/extensions/toc/ and
    https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
    """

    def __init__(self, folder: DocumentFolder) -> None:
        self._github = "{file}" in (folder.url or "")
        self._used: Counter[str] = Counter()

    def of(self, heading: str) -> str:
        words = heading.replace("`", "").lower().strip()
        if self._github:
            slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        else:
            plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
            slug = re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip())
        self._used[slug] += 1
        again = self._used[slug] - 1
        return f"{slug}{'-' if self._github else '_'}{again}" if again else slug


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    if node.type in ("bullet_list", "ordered_list"):
        for line_group in _items(node):
            yield Block(tuple(line_group))
    elif lines := _lines(node):
        yield Block(tuple(lines), whole=node.type in ("fence", "code_block", "table"))


def _items(node: SyntaxTreeNode) -> Iterator[list[str]]:
    first = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children, first):
        mark = "• " if node.type == "bullet_list" else f"{number}. "
        lines = [line for child in item.children for line in _lines(child)]
        yield [(mark if index == 0 else " " * len(mark)) + line for index, line in enumerate(lines or [""])]


def _lines(node: SyntaxTreeNode) -> list[str]:
    if node.type in ("bullet_list", "ordered_list"):
        return [line for item in _items(node) for line in item]
    if node.type in ("fence", "code_block"):
        return ["    " + line.expandtabs(4) for line in node.content.rstrip("\n").split("\n")]
    if node.type == "blockquote":
        return ["> " + line for child in node.children for line in _lines(child)]
    if node.type == "table":
        rows = [row for part in node.children for row in part.children]
        return ["    " + " | ".join(_inline(cell) for cell in row.children) for row in rows]
    if node.type in ("paragraph", "heading"):
        return [text] if (text := _inline(node)) else []
    return []


def _inline(node: SyntaxTreeNode) -> str:
    return re.sub(r"\s+", " ", "".join(_texts(node))).strip()


def _texts(node: SyntaxTreeNode) -> Iterator[str]:
    for child in node.children:
        if child.type == "text":
            yield child.content
        elif child.type == "code_inline":
            yield f"`{child.content}`"
        elif child.type in ("softbreak", "hardbreak"):
            yield " "
        else:
            yield from _texts(child)
            address = str(child.attrs.get("href", ""))
            if child.type == "link" and address.startswith(("http://", "https://")):
                yield f" ({address})"
