"""The Epetech assistant: what it knows, what it may do, and whom it asks. Free of Rasa."""

__version__ = "0.1.0"
