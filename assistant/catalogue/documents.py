"""YAML files as documents that remember on which line each of their values stands."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.contracts.errors import CatalogueBroken
from assistant.contracts.platform import Origin

Place = tuple[str | int, ...]
Stamp = tuple[tuple[str, int, int], ...]

_TEXT_OF_BOOL = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_MAX_DEPTH = 40
_RULES = ("access.yml", "access.yaml")


@dataclass(frozen=True)
class Document:
    """One YAML document: its plain value, and the line of every path within it."""

    file: str
    value: Any
    lines: Mapping[Place, int]

    def line(self, path: Place) -> int:
        """The 1-based line where ``path`` stands, or the nearest thing around it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def broken(self, path: Place, expected: str) -> CatalogueBroken:
        """A problem at ``path``; ``expected`` says what should stand there."""
        return CatalogueBroken(self.file, self.line(path), expected)

    def origin(self, rule: str, path: Place) -> Origin:
        """Where the value at ``path`` was written, for people who ask why."""
        return Origin(rule, self.file, self.line(path))


def catalogue_files(folder: Path) -> list[Path]:
    """The YAML files of a catalogue, sorted: all but hidden folders, folders called ``docs``, and the access rules."""
    return [Path(name) for name in _names(folder)]


def stamp(folder: Path) -> Stamp:
    """Names, modification times (ns) and sizes (bytes) of a catalogue's files: equal as long as nothing changed."""
    marks = []
    for name in _names(folder):
        try:
            status = os.stat(name)
        except OSError:  # gone since it was listed, or a dangling link: reading it will say so
            marks.append((name, 0, -1))
        else:
            marks.append((name, status.st_mtime_ns, status.st_size))
    return tuple(marks)


def _names(folder: Path) -> list[str]:
    """Plain strings: thousands of ``Path`` objects would take longer than a message may."""
    found: list[str] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "docs" and not name.startswith(".")]
        yamls = [name for name in names if name.endswith((".yaml", ".yml")) and not name.startswith(".")]
        found += (os.path.join(place, name) for name in yamls if name not in _RULES or place != str(folder))
    return sorted(found)


def parse(file: str, text: str) -> list[Document]:
    """The documents of one YAML text; empty ones are left out.

    Raises:
        CatalogueBroken: it is no YAML, or uses what is not read here (anchors, a key twice, very deep nesting).
    """
    try:
        _refuse(file, text)
        loader = yaml.CSafeLoader(text)
        try:
            return [document for node in _nodes(loader) if (document := _document(file, node)).value is not None]
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line, text.rstrip().count("\n")) + 1 if mark else 0  # the end of the file may be one further
        raise CatalogueBroken(file, line, f"expected valid YAML ({error.problem})") from error
    except yaml.YAMLError as error:
        raise CatalogueBroken(file, 0, "expected YAML text without control characters") from error


def _refuse(file: str, text: str) -> None:
    """Stop before the parser, which recurses, meets what could exhaust memory or the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise CatalogueBroken(file, line, "write the value out: YAML aliases (*name) are not read")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise CatalogueBroken(file, line, f"expected at most {_MAX_DEPTH} levels of nesting")


def _nodes(loader: yaml.CSafeLoader) -> Iterator[yaml.Node]:
    while loader.check_node():
        node = loader.get_node()
        if node is not None:
            yield node


def _document(file: str, root: yaml.Node) -> Document:
    lines: dict[Place, int] = {(): root.start_mark.line + 1}
    return Document(file, _Reader(file, lines).value(root, ()), lines)


class _Reader:
    """Turns YAML nodes into plain values and notes their lines. Keys and dates stay text, as they are written."""

    def __init__(self, file: str, lines: dict[Place, int]) -> None:
        self._file, self._lines = file, lines

    def value(self, node: yaml.Node, path: Place) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._item(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _item(self, node: yaml.Node, path: Place) -> Any:
        self._lines[path] = node.start_mark.line + 1
        return self.value(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise CatalogueBroken(self._file, line, "expected a plain name before the colon")
            key = key_node.value
            if key in result:
                raise CatalogueBroken(self._file, line, f"“{key}” stands here twice; keep one of them")
            place = (*path, key)
            self._lines[place] = line
            result[key] = self.value(value_node, place)
        return result

    def _scalar(self, node: yaml.Node) -> Any:
        kind, text = node.tag.rpartition(":")[2], str(node.value)
        if kind == "null":
            return None
        if kind == "bool":
            return _TEXT_OF_BOOL[text.lower()]
        if kind in ("int", "float"):
            return _number(text)
        return text


def _number(text: str) -> float | str:
    try:
        return int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError:  # 0x1f, 1:30 and other forms of YAML 1.1: as written
        return text
