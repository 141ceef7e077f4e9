"""``init``: from nothing to a base that works; ``first_run.py`` has the steps, ``run.py`` what they share."""
