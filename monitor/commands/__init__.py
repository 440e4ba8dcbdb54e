"""What the commands do and print that is more than a call: one file a command, and the console that they share."""
