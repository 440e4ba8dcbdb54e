"""The text of messages, one file a kind of message or a part of its text."""
