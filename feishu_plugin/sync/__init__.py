"""Keeps a base in step: its structure (diff, plan, apply) and its records (inbox, handler, sweep)."""
