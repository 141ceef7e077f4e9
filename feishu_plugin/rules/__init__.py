"""The judgement: pure functions from (policy, accepted state, record, steps, now) to actions."""
