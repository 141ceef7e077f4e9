"""Calls a second over HTTPS from one thread: the plugin's gateway, plain lark-oapi, a kept session."""
