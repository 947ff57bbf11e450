"""Entities from the catalogue as it is now, and from closed sets and patterns."""

from __future__ import annotations

from typing import Any

import structlog
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.catalogue import CatalogueSource
from assistant.contracts.errors import CatalogueBroken
from assistant.language.mention import Mention
from assistant.language.names import Names
from assistant.language.reading import mentions
from assistant.settings import load_settings

log = structlog.get_logger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CatalogueEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Finds what a message names. An entity's ``value`` is as typed; ``resolved`` lists what it can mean.

    The catalogue is no part of the trained model: a service that is added to it is understood in the next message.

    Args:
        source: gives the current catalogue; tests pass their own.
    """

    def __init__(self, source: CatalogueSource) -> None:
        self._source = source
        self._revision: str | None = None
        self._names: Names | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CatalogueEntityExtractor:
        """An extractor on the catalogue that the settings name (see the parent class)."""
        return cls(CatalogueSource(load_settings().catalog))

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message."""
        names = self._current_names()
        for message in messages:
            found = [_entity(mention) for mention in mentions(message.get(TEXT) or "", names)]
            found = self.add_extractor_name(found)
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def _current_names(self) -> Names | None:
        try:
            catalogue = self._source.current()
        except CatalogueBroken as error:
            log.warning("catalogue.broken", reason=str(error))
            return self._names
        if self._names is None or catalogue.revision != self._revision:
            self._names, self._revision = Names(catalogue), catalogue.revision
        return self._names


def _entity(mention: Mention) -> dict[str, Any]:
    return {
        "entity": mention.kind,
        "start": mention.start,
        "end": mention.end,
        "value": mention.text,
        "resolved": list(mention.values),
    }
