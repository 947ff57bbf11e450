"""What many tests share."""

from __future__ import annotations

import os

# Before anything of Rasa's is imported: no telemetry, no warnings of libraries about each other.
os.environ.update(RASA_TELEMETRY_ENABLED="false", SQLALCHEMY_SILENCE_UBER_WARNING="1", TF_CPP_MIN_LOG_LEVEL="3")
