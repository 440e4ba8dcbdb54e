"""What people and programs may read of the ledger, who they are, and what they read."""
