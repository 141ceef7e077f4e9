"""A changed policy run over what the ledger tells: what it would have put back, and which limits were missed.

Only statuses have a history. Every other field is judged with the value it has today, so each
move is judged twice with the same values, by the policy in force and by the changed one: where
those two differ, it is the change of rules and nothing else.
"""
