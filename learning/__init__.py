"""How well the assistant understands: measuring sets, figures, benchmarks, and the check of the training phrases."""
