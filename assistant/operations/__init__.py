"""The verbs, one file per capability, free of Rasa and of vendors."""
