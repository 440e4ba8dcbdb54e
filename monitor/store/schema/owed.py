"""The statements of the migration for batches that other machines look at."""

from __future__ import annotations

STATEMENTS = """
CREATE TABLE owed (
  id TEXT PRIMARY KEY, vantage TEXT NOT NULL, network TEXT NOT NULL, assets TEXT NOT NULL, pace TEXT NOT NULL,
  nonce TEXT NOT NULL, attempt INTEGER NOT NULL, alone INTEGER NOT NULL, created TEXT NOT NULL,
  deadline TEXT NOT NULL, sent TEXT
) WITHOUT ROWID;"""
