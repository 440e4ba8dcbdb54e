"""The migration that lets places, looks and slots know the network from which they were seen.

What was on file before belongs to the ledger's own network, which is written as an empty text: its rows, its findings
and their ids stay what they were.
"""

PLACES = """SELECT p.asset, p.kind, p.place, p.endpoint, p.network, p.verdict, p.why,
max(p.at, coalesce(s.at, p.at)) AS at,
CASE WHEN p.verdict = 'clear' AND s.at > p.last_clear THEN s.at ELSE p.last_clear END AS last_clear,
CASE WHEN p.verdict <> 'unknown' AND s.at > p.last_conclusive THEN s.at ELSE p.last_conclusive END AS last_conclusive,
p.missed, p.series FROM main.place_rows p LEFT JOIN main.series s ON s.id = p.series"""
"""The places as they were last seen. While a series sees the same, its last look is the last look at its places."""

STATEMENTS = """
DROP VIEW places;
DROP VIEW all_days;

CREATE TABLE networks (name TEXT PRIMARY KEY, own INTEGER NOT NULL, since TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE new_series (
  id INTEGER PRIMARY KEY, asset TEXT NOT NULL, probe TEXT NOT NULL, endpoint TEXT NOT NULL,
  part TEXT NOT NULL DEFAULT '', network TEXT NOT NULL DEFAULT '',
  day INTEGER NOT NULL DEFAULT 0, verdicts INTEGER REFERENCES records(id), looks INTEGER NOT NULL DEFAULT 0,
  first INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0, gap INTEGER NOT NULL DEFAULT 0,
  asks INTEGER NOT NULL DEFAULT 0, wire INTEGER NOT NULL DEFAULT 0, slots BLOB NOT NULL DEFAULT x'',
  head INTEGER REFERENCES series(id), same BLOB, observation INTEGER REFERENCES observations(id),
  at TEXT NOT NULL DEFAULT '', round TEXT NOT NULL DEFAULT '', front TEXT NOT NULL DEFAULT '',
  UNIQUE (asset, probe, endpoint, part, network)
);
INSERT INTO new_series (id, asset, probe, endpoint, part, day, verdicts, looks, first, last, gap, asks, wire, slots,
  head, same, observation, at, round, front)
  SELECT id, asset, probe, endpoint, part, day, verdicts, looks, first, last, gap, asks, wire, slots,
  head, same, observation, at, round, front FROM series;
DROP TABLE series;
ALTER TABLE new_series RENAME TO series;
CREATE INDEX series_verdicts ON series(verdicts);
CREATE INDEX series_head ON series(head);
CREATE INDEX series_observation ON series(observation);

CREATE TABLE new_place_rows (
  id INTEGER PRIMARY KEY, asset TEXT NOT NULL, kind TEXT NOT NULL, place TEXT NOT NULL, endpoint TEXT NOT NULL,
  network TEXT NOT NULL DEFAULT '', verdict TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL, last_clear TEXT,
  last_conclusive TEXT, missed INTEGER NOT NULL DEFAULT 0, series INTEGER REFERENCES series(id),
  UNIQUE (asset, kind, place, endpoint, network)
);
INSERT INTO new_place_rows (id, asset, kind, place, endpoint, verdict, why, at, last_clear, last_conclusive, missed,
  series) SELECT id, asset, kind, place, endpoint, verdict, why, at, last_clear, last_conclusive, missed, series
  FROM place_rows;
DROP TABLE place_rows;
ALTER TABLE new_place_rows RENAME TO place_rows;
CREATE INDEX place_rows_series ON place_rows(series);

CREATE TABLE new_looks (
  asset TEXT NOT NULL, network TEXT NOT NULL DEFAULT '', at TEXT NOT NULL, PRIMARY KEY (asset, network)
) WITHOUT ROWID;
INSERT INTO new_looks (asset, at) SELECT asset, at FROM looks;
DROP TABLE looks;
ALTER TABLE new_looks RENAME TO looks;

ALTER TABLE log_slots ADD COLUMN networks TEXT NOT NULL DEFAULT '';
CREATE TABLE slot_views (
  asset INTEGER NOT NULL, network TEXT NOT NULL, slot INTEGER NOT NULL, outcome TEXT NOT NULL,
  PRIMARY KEY (asset, network)
) WITHOUT ROWID;

CREATE VIEW all_days AS
  SELECT series, day, verdicts, looks, first, last, gap, asks, wire, slots FROM days UNION ALL
  SELECT id, day, verdicts, looks, first, last, gap, asks, wire, slots FROM series WHERE looks > 0;"""
VIEW = f"CREATE VIEW places AS {PLACES.replace('main.', '')}"
