"""Adapters: how the ports of :mod:`assistant.contracts.ports` are answered by real systems, one vendor per file."""
