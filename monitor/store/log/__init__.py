"""The evidence log as it lies in the ledger: records, private parts, slots and checkpoints."""
