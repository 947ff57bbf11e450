"""What was measured of the understanding, as tables for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from assistant.settings import PROJECT
from bench.figures import aligned, machine

TITLES = {
    "names": "Names that only the catalogue knows",
    "own": "Our model on utterances",
    "ablations": "Our model without a part of it",
    "hint3": "HINT3 SOFMattress",
    "clinc": "CLINC150 small",
    "hwu64": "HWU64, fold 1",
    "shell": "nl2bash on our model",
    "speed": "Speed",
}
RESULTS = PROJECT / "bench" / "results-nlu.json"


@dataclass(frozen=True)
class Measured:
    """One figure: ours, stock Rasa's in the same run, and what others published.

    ``reach`` is what we want to reach. ``cases`` are the messages that went wrong, where they are ours to show.
    """

    what: str
    unit: str
    assistant: float | None
    stock: float | None = None
    published: str = ""
    reach: str = ""
    cases: Sequence[str] = field(default_factory=list)

    def beside(self, stock: float | None) -> Measured:
        """The same figure with stock Rasa's."""
        return replace(self, stock=stock)


@dataclass
class Results:
    """The machine of each part, and its figures."""

    parts: dict[str, list[Measured]] = field(default_factory=dict)
    machines: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def ordered(self) -> list[tuple[str, list[Measured]]]:
        """The parts in the order of ``TITLES``."""
        return [(part, self.parts[part]) for part in TITLES if part in self.parts]

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Results:
        """What :meth:`save` wrote; empty if nothing was measured yet."""
        if not path.exists():
            return cls()
        body = json.loads(path.read_text(encoding="utf-8"))
        return cls({part: [Measured(**row) for row in rows] for part, rows in body["parts"].items()}, body["machines"])

    @classmethod
    def renew(cls, path: Path, part: str, measured: list[Measured]) -> None:
        """Put the figures of one part in the place of its old ones; a run that is cut off loses only its last part."""
        results = cls.load(path)
        results.parts[part], results.machines[part] = measured, machine()
        results.save(path)


def share(part: int, whole: int) -> float:
    """``part`` of ``whole`` in percent."""
    return 100 * part / whole if whole else 0.0


def percent(fraction: float | None) -> float | None:
    """A share from 0 to 1 in percent."""
    return None if fraction is None else 100 * fraction


def as_text(results: Results) -> str:
    """The tables for a terminal, each with what went wrong where the messages are ours to show."""
    shown = []
    for part, measured in results.ordered():
        wrong = [f"  wrong: {case}" for one in measured for case in one.cases]
        shown.append("\n".join([_described(results, part), *aligned(_table(measured)), *wrong]))
    return "\n\n".join(shown)


def as_markdown(results: Results) -> str:
    """The tables for a document."""
    shown = []
    for part, measured in results.ordered():
        header, *rest = _table(measured)
        rows = [header, ["---", *("---:" for _ in header[1:])], *rest]
        shown.append(
            "\n".join([f"**{_described(results, part)}**", "", *(f"| {' | '.join(cells)} |" for cells in rows)])
        )
    return "\n\n".join(shown)


def _described(results: Results, part: str) -> str:
    machine = results.machines[part]
    return f"{TITLES[part]} ({machine['cores']} cores, {machine['date']}, commit {machine['commit']})"


_NOTHING = "–"
_HEADER = ("", "assistant", "stock Rasa", "published", "reach")


def _table(measured: Sequence[Measured]) -> list[list[str]]:
    """The header and a row for each figure, without the columns in which nothing stands."""
    rows = [_row(one) for one in measured]
    filled = [at for at in range(len(_HEADER)) if any(row[at] != _NOTHING for row in rows)]
    return [[row[at] for at in filled] for row in (_HEADER, *rows)]


def _row(one: Measured) -> Sequence[str]:
    numbers = (_NOTHING if value is None else f"{value:,.1f}" for value in (one.assistant, one.stock))
    return f"{one.what} ({one.unit})", *numbers, one.published or _NOTHING, one.reach or _NOTHING
