"""The ways in which a folder lists itself to a stranger."""
