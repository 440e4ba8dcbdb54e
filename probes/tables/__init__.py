"""Data of our own that the recognisers read: default paths of recording products, and words that grade."""
