"""Tests of reading what owners export."""
