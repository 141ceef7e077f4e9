"""The only door to Feishu: everything that knows its JSON, its limits and its moods.

Out: ``http`` (one call) over ``tokens``, ``pacing`` and ``answers``; on it ``tables`` (records,
through ``cells``), ``structure``, ``messages``, ``contacts``. In: ``webhook`` or ``long_connection``
(its child process is ``listener``), both through ``receiving``; ``events`` reads what came.
"""
