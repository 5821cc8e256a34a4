"""The ledger: every call, leg, agent state and telephony fact, once and in order."""
