"""Reports for people outside: what was looked at, what was not, what was found, and which promises were kept."""
