"""Servers that the tests look at, on loopback only: real ones, faulty ones, decoys, and the ends that receive alerts."""
