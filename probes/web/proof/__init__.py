"""Proof that something on a web server is open to a stranger: canary, file, listing and witness."""
