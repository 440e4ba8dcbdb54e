"""All that is ever sent over a bare connection, one file a protocol."""
