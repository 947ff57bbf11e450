"""Reads labelled utterances: the contract's TSV, HINT3's CSV, Rasa's YAML and JSON, CLINC150's JSON, plain lines."""

from __future__ import annotations

import csv
import gzip
import io
import json
import textwrap
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.training_data.formats.rasa import RasaReader
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from assistant.contracts.errors import Invalid

OUT_OF_SCOPE = "out_of_scope"
_LONGEST = 240  # characters of an error of others
_OUTSIDE = frozenset({OUT_OF_SCOPE, "oos", "NO_NODES_DETECTED"})


@dataclass(frozen=True)
class Example:
    """An utterance with what is true of it: ``entities`` as (kind, value), ``spans`` as (kind, start, end)."""

    text: str
    intent: str
    entities: tuple[tuple[str, str], ...] = ()
    spans: tuple[tuple[str, int, int], ...] = ()

    @property
    def in_scope(self) -> bool:
        """Whether the utterance has an intent of its own."""
        return self.intent != OUT_OF_SCOPE


def load(path: Path, part: str = "test") -> list[Example]:
    """All examples of a file or of a folder of Rasa YAML; ``.gz`` is unpacked. The suffix tells the form.

    Args:
        path: ``.tsv`` the contract's form, ``.csv`` HINT3's, ``.yml`` Rasa's, ``.json`` Rasa's or CLINC150's,
            ``.txt`` lines that are all out of scope.
        part: which part of a file that holds several: ``train`` or ``test`` (CLINC150).

    Raises:
        Invalid: the file has another form; it names the line where that shows.
    """
    if path.is_dir():
        found = [example for file in sorted(path.rglob("*.yml")) for example in load(file, part)]
    else:
        found = _of_file(path, part)
    if not found:
        raise Invalid(f"{path.name} holds no utterances.")
    return found


def _of_file(path: Path, part: str) -> list[Example]:
    form = _FORMS.get(Path(path.name.lower().removesuffix(".gz")).suffix)
    if form is None:
        raise Invalid(f"{path.name}: expected a file that ends in {', '.join(_FORMS)} (or one of these and .gz).")
    try:
        text = _unpacked(path).decode("utf-8-sig")  # editors of Windows begin a file with a mark
        return [_with_known_outside(example) for example in form(text, path.name, part)]
    except UnicodeDecodeError as error:
        raise Invalid(f"{path.name} cannot be read: it is not text in UTF-8 (byte {error.start + 1}).") from error
    except (OSError, EOFError, zlib.error, csv.Error, RasaException, json.JSONDecodeError) as error:
        raise Invalid(f"{path.name} cannot be read: {_line(error)}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # what others' readers raise at other structures
        raise Invalid(f"{path.name} has another structure than such files have: {_line(error)}") from error


def _line(error: Exception) -> str:
    """The error on one line: some of Rasa's are pages of schema."""
    return textwrap.shorten(str(error), _LONGEST, placeholder=" …")


def _unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix.lower() == ".gz" else data


def _with_known_outside(example: Example) -> Example:
    return Example(example.text, OUT_OF_SCOPE) if example.intent in _OUTSIDE else example


def _tsv(text: str, name: str, part: str) -> Iterator[Example]:
    lines = text.split("\n")
    header = lines[0].rstrip("\r").split("\t")
    missing = [column for column in ("intent", "text", "entities") if column not in header]
    if missing:
        raise Invalid(f"{name}, line 1: the header lacks {', '.join(missing)}; columns are separated by tabs.")
    for number, line in enumerate(lines[1:], start=2):
        if line.strip():
            yield _tsv_row(line.rstrip("\r").split("\t"), header, f"{name}, line {number}")


def _tsv_row(fields: list[str], header: list[str], place: str) -> Example:
    if len(fields) < len(header):
        raise Invalid(f"{place}: expected {len(header)} columns separated by tabs, found {len(fields)}.")
    row = dict(zip(header, fields, strict=False))
    try:
        entities = tuple(
            (str(entity["entity"]), str(entity["value"])) for entity in json.loads(row["entities"] or "[]")
        )
    except (json.JSONDecodeError, TypeError, KeyError) as error:
        tabs = " Does the text hold a tab?" if len(fields) > len(header) else ""
        raise Invalid(f'{place}: expected entities like [{{"entity": "service", "value": "search"}}].{tabs}') from error
    if not row["intent"] or not row["text"]:
        raise Invalid(f"{place}: an intent and a text are needed.")
    return Example(row["text"], row["intent"], entities)


def _csv(text: str, name: str, part: str) -> Iterator[Example]:
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        if not row.get("sentence") or not row.get("label"):
            raise Invalid(f"{name}, line {number}: expected the columns sentence and label.")
        yield Example(row["sentence"], row["label"])


def _yaml(text: str, name: str, part: str) -> Iterator[Example]:
    yield from _of_rasa(RasaYAMLReader().reads(text))


def _json(text: str, name: str, part: str) -> Iterator[Example]:
    content = json.loads(text)
    if "rasa_nlu_data" in content:
        yield from _of_rasa(RasaReader().read_from_json(content))
    elif part in content:
        for key in (part, f"oos_{part}"):
            yield from (Example(sentence, label) for sentence, label in content.get(key, []))
    else:
        raise Invalid(f"{name}: expected rasa_nlu_data, or the parts train and test of CLINC150.")


def _txt(text: str, name: str, part: str) -> Iterator[Example]:
    return (Example(line.strip(), OUT_OF_SCOPE) for line in text.splitlines() if line.strip())


def _of_rasa(training_data: Any) -> Iterator[Example]:
    for message in training_data.intent_examples:
        entities = message.get("entities") or []
        spans = tuple((entity["entity"], entity["start"], entity["end"]) for entity in entities)
        text = message.get("text")
        values = tuple((kind, text[start:end]) for kind, start, end in spans)
        yield Example(text, message.get("intent"), values, spans)


_FORMS: dict[str, Callable[[str, str, str], Iterator[Example]]] = {
    ".tsv": _tsv,
    ".csv": _csv,
    ".yml": _yaml,
    ".yaml": _yaml,
    ".json": _json,
    ".txt": _txt,
}
