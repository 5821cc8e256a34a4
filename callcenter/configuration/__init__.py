"""A whole configuration in one file: from one enterprise to another, and the ready sets to start from."""
