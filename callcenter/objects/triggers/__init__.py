"""Triggers: what happens by itself before or after a record is made, changed or deleted.

A trigger is part of the definition's document. Here is what is known of one without any record or
database: its form, its actions, what contradicts itself, and whether it fires.
"""
