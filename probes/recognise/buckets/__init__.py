"""What object stores answer, bytes in and values out: listings, errors, grants, and which engine it is that answers."""
