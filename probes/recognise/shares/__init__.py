"""What file services and data stores answer: bytes in, values out."""
