"""The arrows of import, as docs/architecture.md draws them."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("assistant", "actions", "extensions", "learning", "sandbox", "bench")

# A place (the longest prefix wins) → what of ours it may import besides itself.
MAY_IMPORT = {
    "assistant.contracts": (),
    "assistant.catalogue": ("assistant.contracts",),
    "assistant.language": ("assistant.contracts", "assistant.catalogue"),
    "assistant.safeguards": ("assistant.contracts", "assistant.catalogue"),
    "assistant.presentation": ("assistant.contracts",),
    "assistant.integrations": ("assistant.contracts",),
    "assistant.messaging": ("assistant.contracts",),
    "assistant.operations": (
        "assistant.contracts",
        "assistant.catalogue",
        "assistant.safeguards",
        "assistant.messaging",
    ),
    "assistant.settings": ("assistant.contracts",),
    "assistant.observability": ("assistant.safeguards",),
    "assistant": ("assistant",),
    "actions": ("assistant",),
    "extensions": ("assistant",),
    "learning": ("assistant", "extensions"),
    "sandbox": (),
    "bench": OURS,
}
NEVER = {
    "assistant": {"rasa", "rasa_sdk", "sanic"},
    "actions": {"rasa", "requests", "sqlalchemy"},
    "sandbox": {"rasa", "rasa_sdk"},
    "assistant.operations": {"requests", "sqlalchemy"},
    "assistant.presentation": {"requests", "sqlalchemy"},
}


def modules() -> list[tuple[str, Path]]:
    files = [path for name in OURS for path in (ROOT / name).rglob("*.py") if "migrations" not in path.parts]
    return [(".".join(path.relative_to(ROOT).with_suffix("").parts), path) for path in files]


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(place + ".") for place in places)


@pytest.mark.parametrize(("module", "path"), modules(), ids=[name for name, _ in modules()])
def test_a_module_imports_only_along_the_arrows(module: str, path: Path) -> None:
    place = max((each for each in MAY_IMPORT if within(module, (each,))), key=len)
    # The package's own version number is everybody's.
    ours = {name for name in imported(path) if within(name, OURS) and name != "assistant"}
    wrong = {name for name in ours if not within(name, (place, *MAY_IMPORT[place]))}
    banned = set().union(*(NEVER[each] for each in NEVER if within(module, (each,))))
    wrong |= {name for name in imported(path) if name.split(".")[0] in banned}
    assert not wrong, f"{module} imports {sorted(wrong)}"


def test_contracts_need_nothing_but_the_standard_library() -> None:
    for module, path in modules():
        if within(module, ("assistant.contracts",)):
            foreign = {name.split(".")[0] for name in imported(path)} - set(sys.stdlib_module_names) - {"assistant"}
            assert not foreign, f"{module} imports {sorted(foreign)}"


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        module
        for module, path in modules()
        if not within(module, ("bench", "assistant.settings"))
        and any(word in path.read_text(encoding="utf-8") for word in ("os.environ", "os.getenv", "getenv("))
    ]
    assert readers == []
