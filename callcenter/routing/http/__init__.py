"""Routing over HTTP: agent services, routing services, lists of callers."""
