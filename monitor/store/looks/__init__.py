"""Looks on file: series of looks of one probe at one endpoint, and what each day of a series came to."""
