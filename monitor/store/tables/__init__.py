"""The tables of the ledger by subject: what each holds, and the questions that are asked of it."""
