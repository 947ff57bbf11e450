"""What was measured, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from assistant.settings import PROJECT

RESULTS = PROJECT / "bench" / "results.json"


@dataclass(frozen=True)
class Figure:
    """One figure of the assistant, and of stock Rasa where it has one."""

    what: str
    unit: str
    assistant: float
    stock: float | None = None

    @property
    def ratio(self) -> float | None:
        """The assistant's figure over stock Rasa's: below 1 is less than stock Rasa needs."""
        return self.assistant / self.stock if self.stock else None


@dataclass(frozen=True)
class Round:
    """One round over many ``services``.

    ``what`` is who went round; ``answered`` how many of the ``places`` (a service in an environment) came back
    current; ``charged`` the requests that cost quota: all but those that found nothing changed (HTTP 304).
    """

    services: int
    what: str
    seconds: float
    answered: int
    places: int
    requests: int
    charged: int


@dataclass(frozen=True)
class Question:
    """A kind of question at the console, in ``milliseconds`` from message to answer (median).

    ``first`` are the requests to providers for the first one, ``later`` those of each that followed (mean).
    """

    capability: str
    text: str
    milliseconds: float
    first: int
    later: float


@dataclass
class Results:
    """A run: the machine, and whatever was measured on it."""

    machine: dict[str, str]
    figures: list[Figure] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def add(self, one: Figure | Round | Question) -> None:
        """Take in what was measured."""
        if isinstance(one, Figure):
            self.figures.append(one)
        elif isinstance(one, Round):
            self.rounds.append(one)
        else:
            self.questions.append(one)

    def tables(self) -> list[list[Sequence[str]]]:
        """The tables that have content, each with its header first."""
        found = [
            [_FIGURES, *map(_figure, self.figures)],
            [_QUESTIONS, *map(_question, self.questions)],
            [_ROUNDS, *map(_round, self.rounds)],
        ]
        return [table for table in found if len(table) > 1]

    def save(self, path: Path) -> None:
        """Write it as JSON, the ratios with it."""
        body = asdict(self)
        for row, figure in zip(body["figures"], self.figures, strict=True):
            row["ratio"] = figure.ratio
        path.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")

    def renew(self, newer: Results) -> Results:
        """These results, with those that were measured again in ``newer``."""
        measured = {figure.what for figure in newer.figures}
        kept = [figure for figure in self.figures if figure.what not in measured]
        rounds, questions = newer.rounds or self.rounds, newer.questions or self.questions
        return Results(newer.machine, [*kept, *newer.figures], rounds, questions)

    @classmethod
    def load(cls, path: Path) -> Results:
        """What :meth:`save` wrote."""
        body = json.loads(path.read_text(encoding="utf-8"))
        figures = [Figure(**{name: row[name] for name in Figure.__dataclass_fields__}) for row in body["figures"]]
        questions = [Question(**row) for row in body.get("questions", ())]
        return cls(body["machine"], figures, [Round(**row) for row in body["rounds"]], questions)


def machine() -> dict[str, str]:
    """Where and of what this is measured."""
    described = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(described, cwd=PROJECT, capture_output=True, text=True, check=False).stdout.strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit or "unknown",
    }


def as_text(results: Results) -> str:
    """The machine and the tables for a terminal."""
    return "\n\n".join([_described(results), *("\n".join(aligned(table)) for table in results.tables())])


def as_markdown(results: Results) -> str:
    """The machine and the tables for a document."""
    tables = []
    for header, *rows in results.tables():
        rule = ["---", *("---:" for _ in header[1:])]
        tables.append("\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *rows)))
    return "\n\n".join([_described(results), *tables])


def _described(results: Results) -> str:
    return ", ".join(f"{name} {value}" for name, value in results.machine.items())


_FIGURES = ("", "assistant", "stock Rasa", "ratio")
_QUESTIONS = ("question", "message to answer, median (ms)", "requests, first", "requests, later")
_ROUNDS = ("services", "who asked", "seconds", "current", "requests", "of these charged")


def _figure(figure: Figure) -> Sequence[str]:
    stock = "–" if figure.stock is None else _number(figure.stock)
    ratio = "–" if figure.ratio is None else f"{figure.ratio:.2f}"
    return f"{figure.what} ({figure.unit})", _number(figure.assistant), stock, ratio


def _question(one: Question) -> Sequence[str]:
    return f"{one.capability}: “{one.text}”", _number(one.milliseconds), str(one.first), f"{one.later:.1f}"


def _round(one: Round) -> Sequence[str]:
    current = f"{one.answered} of {one.places}"
    return str(one.services), one.what, f"{one.seconds:.1f}", current, f"{one.requests:,}", f"{one.charged:,}"


def _number(value: float) -> str:
    """As many digits as mean something."""
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def aligned(table: Sequence[Sequence[str]]) -> Iterable[str]:
    """The lines of a table for a terminal: the first column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join([row[0].ljust(widths[0]), *cells])
