"""Tests of the probes as scripted dialogues."""
