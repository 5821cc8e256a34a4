"""Supervision: the live wall, listening, forcing a state."""
