"""Sessions of declared subjects: what they sign in with, and how."""
