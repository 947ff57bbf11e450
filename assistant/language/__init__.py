"""What people write → values: names of the catalogue, versions, times, durations. Free of Rasa."""
