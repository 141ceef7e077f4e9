"""What things cost: each module prints its figures as a table, or as JSON with ``--json``.

Nothing here is a test: no figure is compared with a limit, and none fails a build.
"""
