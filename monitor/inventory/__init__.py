"""What an organisation declares: read, checked, expanded into endpoints, and the scope that follows from it."""
