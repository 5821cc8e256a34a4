"""The agent's desk: screen pop, drafts, appointments, work list, the verbs of a call."""
