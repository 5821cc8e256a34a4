"""What automation tells others."""

TASK_CHANGED = "scheduled_task.changed"
QUEUE = "tasks"
"""PostgreSQL's channel on which runners hear of runs that wait."""
