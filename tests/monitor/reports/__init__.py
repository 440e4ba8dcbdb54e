"""Tests of the reports for people outside."""
