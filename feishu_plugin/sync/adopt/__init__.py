"""Adopting a table that a team already has: suggest a mapping, check it, say what makes it so.

``likeness`` compares names, ``fitting`` types, ``matching`` and ``suggest`` join both with ``assignment``;
``mapping`` is the file people review; ``team_schema`` and ``adoption`` are what follows from
it, ``perform`` does it. All but the last are pure.
"""
