"""The facts process: from the journal to ledger and stream, and what follows from each fact."""
