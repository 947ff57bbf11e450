"""What Rasa would not tell us: names that do not meet, answers that overwrite each other, a door left open."""

from __future__ import annotations

import abc
import inspect
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

import actions
from actions.base import AssistantAction
from actions.wishes import WISHES

ROOT = Path(__file__).parents[2]
DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
DATA = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "data").rglob("*.yml"))]


def action_classes() -> dict[str, type[AssistantAction]]:
    found = {}
    for module in pkgutil.iter_modules(actions.__path__, "actions."):
        for _, one in inspect.getmembers(import_module(module.name), lambda one: isinstance(one, abc.ABCMeta)):
            if issubclass(one, AssistantAction) and not inspect.isabstract(one):
                found[one().name()] = one
    return found


def rules() -> list[dict[str, Any]]:
    return [rule for body in DATA for rule in body.get("rules", [])]


def test_every_action_of_the_domain_has_a_class_and_the_reverse() -> None:
    assert sorted(action_classes()) == sorted(DOMAIN["actions"])


def test_every_intent_has_exactly_one_rule() -> None:
    answered = [step["intent"] for rule in rules() for step in rule["steps"] if "intent" in step]
    assert sorted(answered) == sorted(DOMAIN["intents"])


def test_every_rule_ends_in_something_that_exists() -> None:
    known = {*DOMAIN["actions"], *DOMAIN["responses"]}
    ends = {step["action"] for rule in rules() for step in rule["steps"] if "action" in step}
    assert ends <= known


def test_every_intent_has_fifteen_phrases_or_more() -> None:
    counts = {
        block["intent"]: len([line for line in block["examples"].splitlines() if line.startswith("- ")])
        for body in DATA
        for block in body.get("nlu", [])
    }
    spoken = set(DOMAIN["intents"]) - {"nlu_fallback"}
    assert set(counts) == spoken
    assert {intent: count for intent, count in counts.items() if count < 15} == {}


def test_no_answer_is_defined_twice() -> None:
    keys = [key for body in (DOMAIN, *DATA) for key in body.get("responses", {})]
    assert len(keys) == len(set(keys))


def test_a_capability_has_one_stem_in_every_folder() -> None:
    built = {one.capability for one in action_classes().values()} - {"conversation"}
    assert built
    for stem in built:
        for folder, ending in (
            ("data/nlu", "yml"),
            ("data/rules", "yml"),
            ("actions", "py"),
            ("assistant/operations", "py"),
            ("assistant/presentation/cards", "py"),
        ):
            assert (ROOT / folder / f"{stem}.{ending}").exists(), f"{folder}/{stem}.{ending}"


def test_no_channel_believes_whoever_says_who_they_are() -> None:
    credentials = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8")) or {}
    assert not {"rest", "callback", "socketio", "cmdline"} & set(credentials)


def test_every_wish_has_words() -> None:
    """Whatever cannot be done yet, or is asked back about, is called by a name that people use."""
    small_talk = {"inform", "affirm", "deny", "stop", "greet", "goodbye", "thank", "out_of_scope", "nlu_fallback"}
    assert set(WISHES) == set(DOMAIN["intents"]) - small_talk
