"""Data stores: one file a protocol."""
