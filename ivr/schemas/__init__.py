"""Shapes of requests and answers about IVR services and prompts."""
