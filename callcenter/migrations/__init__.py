"""The schema and its history (Alembic). Run as the owner of the database, never as the product."""
