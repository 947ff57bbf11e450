"""Chat platforms, for writing: one vendor per file."""
