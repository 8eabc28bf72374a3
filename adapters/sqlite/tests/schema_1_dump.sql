-- A database of schema 1, as its release wrote it (sqlite3 FILE .dump). Never edited: later releases must read it.
PRAGMA application_id = 1148220282;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE practices (
  num INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL
) STRICT;
INSERT INTO practices VALUES(1,'gabinet|ż',2);
INSERT INTO practices VALUES(2,'b',1);
CREATE TABLE rows (
  num INTEGER PRIMARY KEY,
  practice INTEGER NOT NULL,
  tbl INTEGER NOT NULL,
  id TEXT NOT NULL,
  doc TEXT NOT NULL,
  UNIQUE (practice, tbl, id)
) STRICT;
INSERT INTO "rows" VALUES(1,1,4,'1','{"text":"zażółć ''x''"}');
INSERT INTO "rows" VALUES(2,1,8,'000000000001','{"kind":"planned"}');
INSERT INTO "rows" VALUES(3,1,12,'ż''"%','{}');
INSERT INTO "rows" VALUES(4,2,0,'practice','{}');
CREATE TABLE entries (
  practice INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  key TEXT NOT NULL,
  tbl INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (practice, idx, key, tbl, id)
) STRICT, WITHOUT ROWID;
INSERT INTO entries VALUES(1,0,'000000000000005',4,'1');
INSERT INTO entries VALUES(1,0,'000000000000010',12,'ż''"%');
CREATE TABLE shared (
  idx INTEGER NOT NULL,
  key TEXT NOT NULL,
  practice INTEGER NOT NULL,
  tbl INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (idx, key, practice, tbl, id)
) STRICT, WITHOUT ROWID;
INSERT INTO shared VALUES(19,'r1',1,4,'1');
INSERT INTO shared VALUES(21,'+48221234567',2,0,'practice');
CREATE INDEX entries_of_row ON entries (practice, tbl, id);
CREATE INDEX shared_of_row ON shared (practice, tbl, id);
COMMIT;
