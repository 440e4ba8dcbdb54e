"""Small files that belong to no ledger, and how a file is put in its place."""
