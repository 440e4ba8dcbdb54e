"""Witnesses: those who cosign our log, and the logs that we cosign."""
