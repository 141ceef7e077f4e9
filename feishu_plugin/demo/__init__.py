"""A working week on the sandbox, played by invented people."""
