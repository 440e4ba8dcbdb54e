"""Text for people: what commands print, apart from how they find it."""
