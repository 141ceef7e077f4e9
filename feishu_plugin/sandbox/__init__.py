"""A local Feishu that the official SDKs accept as the real one.

It is a stranger to the rest of the package: it imports nothing of the plugin and
nothing of lark-oapi, so it cannot share their mistakes.
"""
