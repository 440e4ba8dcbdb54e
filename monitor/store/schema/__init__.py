"""The tables themselves: migrations, each applied once, and what they need to read old rows."""
