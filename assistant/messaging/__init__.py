"""What comes in from chat and goes out to it, between the store and the platform."""
