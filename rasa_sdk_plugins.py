"""rasa-sdk looks for a module of this name and lets it register its hooks."""

import pluggy

from actions import server


def init_hooks(manager: pluggy.PluginManager) -> None:
    """Called by rasa-sdk when the action server starts."""
    manager.register(server)
