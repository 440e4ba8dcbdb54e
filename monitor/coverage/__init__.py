"""What was looked at and what was not: one honest state for each declared asset."""
