"""Data sources: databases of the enterprise's own, elsewhere, that expert queries may ask."""
