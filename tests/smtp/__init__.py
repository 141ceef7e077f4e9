"""A real mail server as a process on loopback, which takes, refuses or delays mails as a test wishes."""
