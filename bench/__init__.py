"""Measurements: the assistant beside stock Rasa in one run, and against a GitHub with hundreds of services."""
