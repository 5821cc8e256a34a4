"""Asterisk's configuration, made from the settings and the database.

A model (plain data) is rendered to texts, the texts are written where they differ, and only the
modules whose files changed are reloaded. Members of queues and states of agents are no
configuration: they are set by AMI.
"""
