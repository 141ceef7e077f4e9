"""Rows of a file become requirements: read, understood, reviewed, compared with the base, written once.

``source`` opens ``text_file`` or ``workbook``; ``sheet`` finds the headings and ``survey`` what stands
under them; ``suggest`` makes of it the ``mapping`` that people review. ``cells``, ``rows`` and ``keys``
turn a row into values, ``plan`` compares them with base and memory, ``history`` makes ledger rows.
All these but the first three are pure; ``known`` reads the base, ``perform`` writes it.
"""
