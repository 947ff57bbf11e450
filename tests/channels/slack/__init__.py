"""Slack, as far as the tests can play it."""
