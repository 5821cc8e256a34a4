"""Figures from the ledger; every screen that shows one takes it from here."""
