"""The platform as data: loaded, validated, and kept when a later version of it is broken."""

from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.source import CatalogueSource

__all__ = ["Catalogue", "CatalogueSource"]
