"""What a disk holds after a power cut, and what leftopen makes of it."""
