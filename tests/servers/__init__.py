"""Servers on loopback that the tests look at: real ones, faulty ones, decoys, and the ends that receive alerts."""
