"""Puts the parts together: settings in, running service out. Holds no rules of its own."""
