"""Tests of the probe of access logs."""
