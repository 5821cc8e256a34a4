"""Texts that an administrator writes with places for values (Jinja2): rendered where they harm nobody.

Who writes a template writes a program. It runs in a process of its own (`child.py`), which has
nothing but the text and plain data, and little time, memory and room for its output; `renderer.py`
is the way there. Import from the modules: the child loads no more than it needs.
"""
