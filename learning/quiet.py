"""Keeps the libraries from talking: what they say of each other's age and of missing graphics cards helps nobody."""

from __future__ import annotations

import logging
import warnings

from assistant.processes import QUIET
from assistant.settings import set_environment


def quiet() -> None:
    """To be called before Rasa or TensorFlow is imported; on one thread from then on, as the assistant serves."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    set_environment(QUIET)
    warnings.showwarning = _nothing  # Rasa sets filters of its own while it is imported


def _nothing(*_: object, **__: object) -> None:
    pass
