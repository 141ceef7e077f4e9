"""The measuring commands at their smallest: what they count, and never how long it took."""
