"""Child programs around the official Python SDK: importing it warns and is slow, so it stays in there."""
