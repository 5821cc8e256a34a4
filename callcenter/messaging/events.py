"""What messaging tells others."""

CHANNEL_CHANGED = "message_channel.changed"
QUEUE = "messages"
"""PostgreSQL's channel on which whoever sends hears of messages that wait."""
