"""Monitoring systems: one vendor per file, named like its ``kind`` in the catalogue."""
