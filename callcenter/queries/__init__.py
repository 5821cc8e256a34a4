"""Queries: lists that an administrator puts together of data objects, and everybody uses."""
