"""The migration that lets places follow their series: an unchanged look writes one row, however many places it saw."""

_PLACES = """SELECT p.asset, p.kind, p.place, p.endpoint, p.verdict, p.why, max(p.at, coalesce(s.at, p.at)) AS at,
CASE WHEN p.verdict = 'clear' AND s.at > p.last_clear THEN s.at ELSE p.last_clear END AS last_clear,
CASE WHEN p.verdict <> 'unknown' AND s.at > p.last_conclusive THEN s.at ELSE p.last_conclusive END AS last_conclusive,
p.missed, p.series FROM place_rows p LEFT JOIN series s ON s.id = p.series"""
"""The places as they were last seen. While a series sees the same, its last look is the last look at its places."""

STATEMENTS = """
ALTER TABLE series ADD COLUMN head INTEGER REFERENCES series(id);
ALTER TABLE series ADD COLUMN same BLOB;
ALTER TABLE series ADD COLUMN observation INTEGER REFERENCES observations(id);
ALTER TABLE series ADD COLUMN at TEXT NOT NULL DEFAULT '';
ALTER TABLE series ADD COLUMN round TEXT NOT NULL DEFAULT '';
UPDATE series SET head = id, (observation, verdicts, at, round) =
  (SELECT id, verdicts, ended, round FROM observations o WHERE o.series = series.id ORDER BY id DESC LIMIT 1)
  WHERE EXISTS (SELECT 1 FROM observations o WHERE o.series = series.id);
UPDATE series SET head = id;
CREATE INDEX series_head ON series(head);
CREATE INDEX series_observation ON series(observation);

CREATE TABLE place_rows (
  id INTEGER PRIMARY KEY, asset TEXT NOT NULL, kind TEXT NOT NULL, place TEXT NOT NULL, endpoint TEXT NOT NULL,
  verdict TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL, last_clear TEXT, last_conclusive TEXT,
  missed INTEGER NOT NULL DEFAULT 0, series INTEGER REFERENCES series(id), UNIQUE (asset, kind, place, endpoint)
);
INSERT INTO place_rows (asset, kind, place, endpoint, verdict, why, at, last_clear, last_conclusive, missed, series)
  SELECT asset, kind, place, endpoint, verdict, why, at, last_clear, last_conclusive, missed,
  (SELECT id FROM series s WHERE s.asset = p.asset AND s.endpoint = p.endpoint AND s.at = p.at) FROM places p;
DROP TABLE places;
CREATE INDEX place_rows_series ON place_rows(series);
"""
VIEW = f"CREATE VIEW places AS {_PLACES}"
