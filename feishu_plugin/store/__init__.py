"""Durable state on SQLite or PostgreSQL; holds what must survive a kill, never what Feishu holds.

``Store(url)`` implements the ports Inbox, Work, Outbox and Memory for every base of the app.
"""

from feishu_plugin.store.store import Store as Store
