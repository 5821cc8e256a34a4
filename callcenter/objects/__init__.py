"""Data objects: definitions in rows, records in real tables, one engine for all of them."""
