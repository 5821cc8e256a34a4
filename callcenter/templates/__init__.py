"""Templates: texts with places for a record's values, kept by the enterprise and used elsewhere."""
