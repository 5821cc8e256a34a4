"""Composition roots, one a process, and the supervisor that runs them all."""
