"""Taking a person's bulk mistake back: planned from the ledger and the log of edits, done by the worker."""
