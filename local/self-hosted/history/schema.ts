/** Changes with the tables. A file of another version is not opened. */
export const schemaVersion = 1;

/**
 * What `npm run watch` remembers. Times are milliseconds since the epoch, texts of structured values are JSON.
 *
 * The first tables are for people: the board and the report read them. The last are the system's own memory.
 *
 * Trap: no table holds a secret. An address by https often contains a key, so `deliveries` has only its origin and a digest.
 */
export const schema = `
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  lambda TEXT NOT NULL,
  -- Absent if a message on a topic started it.
  schedule TEXT,
  org TEXT,
  status TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  error TEXT,
  duration_ms REAL NOT NULL,
  cold INTEGER NOT NULL,
  -- Findings of the run itself rather than of a probe.
  findings TEXT NOT NULL
) STRICT;
CREATE INDEX runs_at ON runs (at);

CREATE TABLE outcomes (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  at INTEGER NOT NULL,
  -- The minute that the run was due in, which its points carry.
  minute INTEGER NOT NULL,
  org TEXT NOT NULL,
  probe TEXT NOT NULL,
  server TEXT,
  status TEXT NOT NULL,
  -- Of each finding its code, domain and severity.
  findings TEXT NOT NULL,
  answered_by TEXT,
  duration_ms REAL,
  -- The whole log line with its exchanges, the evidence. Of what passed without a finding it is kept for a short time.
  line TEXT
) STRICT;
CREATE INDEX outcomes_at ON outcomes (at);
-- For the evidence that is deleted sooner.
CREATE INDEX outcomes_evidence ON outcomes (at) WHERE line IS NOT NULL AND status = 'passed' AND findings = '[]';
CREATE INDEX outcomes_run ON outcomes (run);
CREATE INDEX outcomes_target ON outcomes (org, probe, server, at);

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  -- A JSON object whose members are sorted.
  dimensions TEXT NOT NULL,
  UNIQUE (namespace, name, dimensions)
) STRICT;

CREATE TABLE points (
  series INTEGER NOT NULL REFERENCES series,
  at INTEGER NOT NULL,
  value REAL NOT NULL,
  unit TEXT,
  source TEXT NOT NULL
) STRICT;
CREATE INDEX points_series ON points (series, at);

CREATE TABLE transitions (
  at INTEGER NOT NULL,
  alarm TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX transitions_at ON transitions (at);

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  -- The name of the topic, or of the rule that posts an event.
  topic TEXT NOT NULL,
  route TEXT,
  source TEXT NOT NULL,
  alarm TEXT,
  state TEXT,
  subject TEXT,
  text TEXT NOT NULL,
  context TEXT
) STRICT;
CREATE INDEX messages_at ON messages (at);

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
  protocol TEXT NOT NULL,
  receiver TEXT NOT NULL,
  digest TEXT NOT NULL,
  subject TEXT,
  text TEXT NOT NULL,
  -- shown (this machine cannot send it), pending, delivered or failed
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  delivered_at INTEGER
) STRICT;
CREATE INDEX deliveries_message ON deliveries (message);

-- Minutes in which nothing ran, from the first to the one after the last.
CREATE TABLE gaps (
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;

CREATE TABLE alarms (name TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT;
CREATE TABLE schedules (name TEXT PRIMARY KEY, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE items (
  "table" TEXT NOT NULL,
  partition TEXT NOT NULL,
  sort TEXT NOT NULL,
  item TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY ("table", partition, sort)
) STRICT;
CREATE TABLE events (request_id TEXT PRIMARY KEY, event TEXT NOT NULL) STRICT;
-- What a run logged besides its outcomes.
CREATE TABLE log_lines (run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, message TEXT NOT NULL) STRICT;
CREATE INDEX log_lines_run ON log_lines (run);
-- The last minute whose alarms were evaluated.
CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), evaluated_at INTEGER NOT NULL) STRICT;
`;
