"""What Rasa's intents mean to a channel: which of them change something, and which are no question at all."""

from __future__ import annotations

from functools import lru_cache

import yaml

from assistant.settings import PROJECT

YES_OR_NO = ("affirm", "deny", "stop")
SMALL_TALK = frozenset({"greet", "goodbye", "thank", "give_feedback", "ask_help", "talk_to_human"})
NOT_UNDERSTOOD = frozenset({"out_of_scope", "nlu_fallback"})


@lru_cache(maxsize=1)
def changing_intents() -> frozenset[str]:
    """The intents that change something, as the classifier's configuration lists them."""
    config = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))
    return frozenset(intent for component in config["pipeline"] for intent in component.get("changing_intents", ()))
