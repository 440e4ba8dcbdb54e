"""Tests of reading exported access logs."""
