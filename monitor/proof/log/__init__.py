"""Signs the evidence log, packs it for others, and compares it with the ledger."""
