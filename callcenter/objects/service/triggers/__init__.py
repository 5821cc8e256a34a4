"""Triggers at work: inside a write, after its commit, tried on a draft, and their log.

Import what is needed from the module that has it: the services of records are made with these.
"""
