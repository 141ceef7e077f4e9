"""``doctor``: what is set up, what is not, and what to do about it.

It asks and never writes to Feishu. ``checks.py`` has the list, ``case.py`` what all checks look at.
"""
