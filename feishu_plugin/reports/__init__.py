"""Monthly figures from the register and the transition ledger, and the card that shows them.

Everything here is pure but ``publish`` and ``gather``, which reach the base only through
``ports.Tables``. Nothing here ever changes a requirement.
"""
