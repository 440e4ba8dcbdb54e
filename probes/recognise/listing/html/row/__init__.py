"""One row of a page: its cells, its name, its kind, its size and its date."""
