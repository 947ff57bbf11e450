"""The project's own model, data and names, as the measurements use them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import yaml
from rasa.core.agent import Agent

from assistant.catalogue import CatalogueSource
from assistant.contracts.errors import Invalid
from assistant.language.names import Names
from assistant.settings import PROJECT, load_settings
from learning.evaluate import Parse, Resolve

DATA = PROJECT / "data" / "nlu"


def parser(model: Path) -> Parse:
    """The trained model as a function from text to what ``/model/parse`` gives.

    Raises:
        Invalid: the file is no model that can be loaded.
    """
    agent = Agent.load(str(model))
    if agent.processor is None:
        raise Invalid(f"{model.name} is not a model that can be loaded; train one first.")
    loop = asyncio.new_event_loop()

    def parse(text: str) -> Any:
        return loop.run_until_complete(agent.parse_message(text))

    return parse


def changing_intents() -> frozenset[str]:
    """The intents that change something, as ``config.yml`` lists them."""
    pipeline = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return frozenset(intent for component in pipeline for intent in component.get("changing_intents", ()))


def domain_entities() -> frozenset[str]:
    """The entities of the domain."""
    entities = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))["entities"]
    return frozenset(entity if isinstance(entity, str) else next(iter(entity)) for entity in entities)


def service_names() -> Resolve:
    """From a service as typed to its canonical name, by the catalogue."""
    names = Names(CatalogueSource(load_settings().catalog).current())
    return lambda text: names.resolve("service", text)
