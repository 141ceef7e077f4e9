"""The policy tables as a file that can be reviewed: written, checked, compared, brought back."""
