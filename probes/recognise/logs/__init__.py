"""Exported access logs: their rows, the times in them, and what is wrong with their form."""
