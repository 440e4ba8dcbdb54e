"""What authorities must be told: the chain as the legal clocks need it, and drafts for people to complete."""
