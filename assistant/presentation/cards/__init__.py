"""One file per capability: its result as a card."""
