"""CI and deployment systems. A module's name is its ``kind`` in the catalogue."""
