"""What pages say of files that somebody publishes, and no folder says of its own."""
