"""Tests of what decides: tables and properties."""
