"""Surveys over real servers, hostile hosts and real ledgers."""
