"""The statements of the migration for batches that other machines look at."""

from __future__ import annotations

STATEMENTS = """
CREATE TABLE owed (
  id TEXT PRIMARY KEY, vantage TEXT NOT NULL, network TEXT NOT NULL, assets TEXT NOT NULL, pace TEXT NOT NULL,
  nonce TEXT NOT NULL, attempt INTEGER NOT NULL, alone INTEGER NOT NULL, created TEXT NOT NULL,
  deadline TEXT NOT NULL, sent TEXT
) WITHOUT ROWID;"""

OF_A_HUB = """
CREATE TABLE looked_at_alone (
  vantage TEXT NOT NULL, asset TEXT NOT NULL, PRIMARY KEY (vantage, asset)
) WITHOUT ROWID;
CREATE TABLE held_hosts (pace TEXT PRIMARY KEY, until TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE queue_lengths (
  vantage TEXT NOT NULL, queue TEXT NOT NULL, messages INTEGER NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (vantage, queue)
) WITHOUT ROWID;"""
