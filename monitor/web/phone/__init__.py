"""The page behind the link in a message: what is open, and what whoever was alerted does about it, from a phone."""
