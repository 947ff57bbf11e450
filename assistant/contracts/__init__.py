"""The nouns that every other part speaks of: frozen dataclasses, ports and errors. Standard library only."""
