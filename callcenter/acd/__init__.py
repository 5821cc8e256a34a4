"""Distribution of calls to agents: pure, without I/O and without a clock of its own."""
