"""The bridge to Asterisk."""
