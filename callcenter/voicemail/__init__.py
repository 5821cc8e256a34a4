"""Voicemail: what callers leave for a service or a seat, and who has dealt with it."""
