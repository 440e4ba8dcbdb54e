"""Tests of the probe of dispatch."""
