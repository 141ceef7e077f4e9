"""Alembic's scripts, run by ``upgrade``; each one stays as it was released."""
