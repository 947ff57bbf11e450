"""What was said → a request, a result → an answer: one file per capability, served by the action server."""
