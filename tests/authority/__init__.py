"""The drafts for authorities."""
