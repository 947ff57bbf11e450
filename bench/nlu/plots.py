"""Pictures of the understanding for the documents: small PNG files without a word that nobody needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib import pyplot
from matplotlib.axes import Axes
from sklearn.metrics import confusion_matrix

from assistant.settings import PROJECT
from learning.evaluate import Result

FOLDER = PROJECT / "docs" / "images"
RELIABILITY, SCORES, CONFUSION = "nlu-reliability.png", "nlu-scores.png", "nlu-confusion.png"
_BINS = 8
_BLUE, _ORANGE, _GREY = "#2f6db5", "#d9822b", "#9aa3ad"
_LEAST = 1e-4  # nothing is surer than this


def draw(parsed: Sequence[Result], folder: Path = FOLDER) -> None:
    """All three pictures of parsed utterances."""
    folder.mkdir(parents=True, exist_ok=True)
    matplotlib.use("Agg")
    with pyplot.rc_context({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}):
        for name, size, picture in (
            (RELIABILITY, (5.2, 4.6), _reliability),
            (SCORES, (6.4, 3.6), _scores),
            (CONFUSION, (8.2, 7.4), _confusion),
        ):
            figure, axes = pyplot.subplots(figsize=size)
            picture(axes, parsed)
            figure.savefig(folder / name, dpi=100, bbox_inches="tight")
            pyplot.close(figure)


def _reliability(axes: Axes, parsed: Sequence[Result]) -> None:
    confidence = np.array([one.confidence for one in parsed])
    right = np.array([one.best == one.example.intent for one in parsed])
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    filled = [number for number in range(_BINS) if (bins == number).any()]
    said = [confidence[bins == number].mean() for number in filled]
    true = [right[bins == number].mean() for number in filled]
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1)
    axes.plot(said, true, color=_BLUE, marker="o")
    for number, x, y in zip(filled, said, true, strict=True):
        axes.annotate(str((bins == number).sum()), (x, y), (6, -12), textcoords="offset points", color=_GREY)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="confidence in the best intent", ylabel="share that is right")
    axes.set_title("Is it as right as it says? (grey: how many)", fontsize=11)


def _scores(axes: Axes, parsed: Sequence[Result]) -> None:
    scores = np.clip([one.score for one in parsed], _LEAST, 1 - _LEAST)
    inside = np.array([one.example.in_scope for one in parsed])
    odds: npt.NDArray[np.float64] = np.log10(scores / (1 - scores))
    bins = np.linspace(-4, 4, 33)
    for flags, color, label in ((inside, _BLUE, "in scope"), (~inside, _ORANGE, "out of scope")):
        weights = np.full(flags.sum(), 100 / max(flags.sum(), 1))
        axes.hist(odds[flags], bins=bins.tolist(), weights=weights, color=color, alpha=0.65, label=label)
    axes.axvline(0, color="black", linewidth=1)
    axes.annotate("threshold", (0, axes.get_ylim()[1]), (4, -4), textcoords="offset points", va="top")
    axes.set_xticks([-4, -2, 0, 2, 4], ["≤ 0.01 %", "1 %", "50 %", "99 %", "≥ 99.99 %"])
    axes.set(xlabel="how sure it is that a message is in scope", ylabel="% of the messages")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.1, 1))


def _confusion(axes: Axes, parsed: Sequence[Result]) -> None:
    inside = [one for one in parsed if one.example.in_scope]
    wrong = [one for one in inside if one.best != one.example.intent]
    names = sorted({name for one in wrong for name in (one.best, one.example.intent)})
    counts = confusion_matrix([o.example.intent for o in inside], [o.best for o in inside], labels=names)
    axes.imshow(np.sqrt(counts), cmap="Blues")
    for row, column in zip(*np.nonzero(counts), strict=True):
        color = "white" if counts[row, column] > counts.max() / 3 else "black"
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=color, fontsize=8)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set(xlabel="taken for", ylabel="meant")
    axes.set_title(f"Intents that are ever confused: {len(wrong)} of {len(inside)} messages", fontsize=11)
