"""Attacks on leftopen, each with a count and a bound: `make attack` runs all of them, `make test` a sample of each."""
