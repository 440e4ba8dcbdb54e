"""Rows that hold something else than what was written: found, kept as they are, and mended on the careful side."""
