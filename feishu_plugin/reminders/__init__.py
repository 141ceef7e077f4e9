"""Who is told what and when: due reminders, the morning card, cards, and their delivery.

All modules are pure but ``deliver``, which drains the outbox. No module here reads a clock.
"""
