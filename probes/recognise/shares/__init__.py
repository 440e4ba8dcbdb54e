"""What file services answer: bytes in, values out."""
