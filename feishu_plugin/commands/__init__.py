"""Groups of commands, one file each; like ``cli`` they read options, call ``app`` and print."""
