"""Tests of the probe of names that must lead nowhere."""
