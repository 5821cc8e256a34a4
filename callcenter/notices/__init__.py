"""Notices: what a user should know of, kept until it is read, told at the bell."""
