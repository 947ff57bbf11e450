"""What keeps production safe: who may, who is speaking, and what never leaves."""
