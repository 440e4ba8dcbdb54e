"""Tests of the recognisers: bytes in, value out."""
