"""Provisioning: what the base should look like, what differs, and how it is brought in line."""
