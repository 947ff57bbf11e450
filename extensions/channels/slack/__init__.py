"""Slack: what comes in, whose it is, and what is done with it."""
