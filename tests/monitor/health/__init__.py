"""Tests of what tells whether we can see and tell."""
