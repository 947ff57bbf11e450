"""What a run is given: measuring data, which are no part of the project, and whether stock Rasa is measured too."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.contracts.errors import Invalid
from assistant.settings import PROJECT

HELD_OUT = PROJECT / "tests" / "data" / "heldout_nlu.tsv"
DATA, VALIDATION = "NLU_DATA", "NLU_VALIDATION"


@dataclass(frozen=True)
class Given:
    """``data``: a folder of public sets; ``validation``: a file of utterances by others; ``stock``: train stock."""

    data: Path | None = None
    validation: Path | None = None
    stock: bool = False

    def measuring(self) -> Path:
        """The file of utterances by others. Raises Invalid when none was given."""
        if self.validation is None or not self.validation.is_file():
            raise Invalid(
                f"Nothing was measured: {VALIDATION} must name a file of utterances (intent, text, entities)."
            )
        return self.validation

    def public(self, name: str) -> Path:
        """The file ``name`` of the public sets. Raises Invalid when it is not there."""
        if self.data is None or not (self.data / name).is_file():
            raise Invalid(
                f"Nothing was measured: {DATA} must name a folder with {name}; docs/understanding.md lists all."
            )
        return self.data / name
