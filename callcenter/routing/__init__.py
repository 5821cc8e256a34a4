"""Where a call goes: access strategies and agent services."""
