"""Tests of the probe of portals of e-services."""
