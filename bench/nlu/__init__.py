"""How well messages are understood, beside stock Rasa and published figures: ``make bench-nlu``."""
