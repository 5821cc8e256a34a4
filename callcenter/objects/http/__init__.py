"""Data objects over HTTP."""
