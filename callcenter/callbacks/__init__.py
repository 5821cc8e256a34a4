"""Callbacks: who asked to be called back keeps the place in the queue, without waiting on the line."""
