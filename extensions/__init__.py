"""What Rasa's YAML files name: channels, NLU components, the tracker store."""
