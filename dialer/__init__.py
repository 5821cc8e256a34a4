"""Calling out: campaigns, calling tasks, who is called next and what came of it."""
