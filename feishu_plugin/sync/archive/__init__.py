"""A base as one file and back: what it looks like, its rows and its attachments.

``snapshot`` (pure) describes a live base as a ``Schema``; ``bundle`` is the file;
``exporting`` and ``restoring`` are the shells.
"""
