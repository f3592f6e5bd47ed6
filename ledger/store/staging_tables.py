"""The tables of the temporary file in which a journal waits while it is checked (staging.py), and their indexes."""

TABLES = """
CREATE TABLE lines (
    n       INTEGER PRIMARY KEY,    -- in order of files and lines, from 1
    at      INTEGER NOT NULL,       -- microseconds since 1970
    subject TEXT,                   -- NULL until it is known, and of a line that could not be read
    introduces INTEGER NOT NULL,    -- 1: it introduces its subject
    line_id TEXT,
    type    TEXT NOT NULL,          -- the entry's type
    fact    BLOB NOT NULL           -- in the one spelling
);
CREATE TABLE sources (n INTEGER PRIMARY KEY, file TEXT NOT NULL, number INTEGER NOT NULL, raw BLOB);
CREATE TABLE verdicts (n INTEGER PRIMARY KEY, verdict INTEGER NOT NULL, tags TEXT, field TEXT, what TEXT);
CREATE TABLE standings (subject TEXT PRIMARY KEY, standing BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE links (n INTEGER PRIMARY KEY, key_id TEXT, counter INTEGER, previous TEXT, digest TEXT);  -- statements
"""
INDEXES = """
CREATE INDEX lines_by_at ON lines (at);
CREATE INDEX lines_by_subject ON lines (subject, at) WHERE subject IS NOT NULL;
CREATE INDEX lines_by_id ON lines (line_id, at) WHERE line_id IS NOT NULL;
CREATE INDEX links_by_key ON links (key_id, counter);
"""
