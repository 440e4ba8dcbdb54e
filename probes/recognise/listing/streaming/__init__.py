"""Reads long listings as they come, so that no page is held as a whole."""
