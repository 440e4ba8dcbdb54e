"""Tests of what is read of portals of e-services."""
