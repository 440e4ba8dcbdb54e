"""How far an exposure reaches: one counter for looks and surveys, and what a survey makes of a finding."""
