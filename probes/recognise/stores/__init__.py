"""What data stores answer: bytes in, a value out."""
