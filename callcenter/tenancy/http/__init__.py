"""Tenancy over HTTP: the operator's console, and what an enterprise sees of itself."""
