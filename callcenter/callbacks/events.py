"""The facts by which telephony tells of callbacks."""

ASKED, ATTEMPTED, ENDED = "callback.asked", "callback.attempted", "callback.ended"
KINDS = frozenset({ASKED, ATTEMPTED, ENDED})
PLAN_CHANGED = "callback_rules.changed"
