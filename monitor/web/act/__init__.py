"""What people and programs do over HTTP: the same functions as on the command line, and each thing once."""
