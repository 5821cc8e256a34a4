"""API keys: by which other programs of an enterprise use the API, and what each may do."""
