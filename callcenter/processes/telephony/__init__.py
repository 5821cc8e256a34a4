"""The telephony process: one per Asterisk node."""
