-- Integers instead of names wherever a name would repeat: practices by `practices.num`, tables and indexes by the codes
-- of `depesza::store::Table` and `Index`. Ids and keys are bytea: they compare byte by byte whatever the database's
-- collation is, and hold U+0000, which PostgreSQL's text cannot. Documents are JSON texts, kept to the byte; JSON writes
-- U+0000 as an escape.
--
-- Everything of a practice is written under the lock of its row in `practices`, so no two transactions wait for each other in
-- a circle, and no foreign keys have to take locks of their own.

CREATE TABLE practices (
  num int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  version int8 NOT NULL,
  id bytea NOT NULL UNIQUE,
  -- the tokens of the last commits, newest first, 8 bytes each: how a commit is recognised whose answer was lost
  recent bytea NOT NULL
) WITH (
  -- rewritten by each commit: room for the next version of a row in the same page
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000
);

-- The first key of each queue that is not empty, so that what is due is one range of one index, however many practices there
-- are and however long their queues. `at` is the instant the key begins with; `id` is the practice's.
CREATE TABLE queues (
  practice int4 NOT NULL,
  queue int2 NOT NULL,
  first bytea NOT NULL,
  at bytea NOT NULL,
  id bytea NOT NULL,
  PRIMARY KEY (practice, queue)
) WITH (
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000
);

CREATE UNIQUE INDEX queues_by_time ON queues (queue, at, id);

-- What a dispatcher locks while it has a practice's turn: not the row that commits lock.
CREATE TABLE turns (
  practice int4 NOT NULL,
  queue int2 NOT NULL,
  PRIMARY KEY (practice, queue)
);

CREATE TABLE rows (
  practice int4 NOT NULL,
  tbl int2 NOT NULL,
  id bytea NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (practice, tbl, id)
) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02);

-- Entries are nothing but their keys.
CREATE TABLE entries (
  practice int4 NOT NULL,
  idx int2 NOT NULL,
  tbl int2 NOT NULL,
  key bytea NOT NULL,
  id bytea NOT NULL,
  PRIMARY KEY (practice, idx, key, tbl, id)
) WITH (autovacuum_vacuum_scale_factor = 0.02);

-- Deleting a row takes its entries along. The index is small: it keeps one key for all entries of a row.
CREATE INDEX entries_of_row ON entries (practice, tbl, id);

-- The entries of the shared indexes, which are looked up without a practice.
CREATE TABLE shared (
  practice int4 NOT NULL,
  idx int2 NOT NULL,
  tbl int2 NOT NULL,
  key bytea NOT NULL,
  id bytea NOT NULL,
  PRIMARY KEY (idx, key, practice, tbl, id)
) WITH (autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX shared_of_row ON shared (practice, tbl, id);

-- A commit, in one call. `src/write.rs` says why it is right.
--
-- Rows are put (with their documents) or deleted (`del_`); own and shared (`s_`) entries are cut, then added; then the first
-- keys of the queues `q_idx` are looked up again, `q_low` being the lowest key that was added to each.
-- Answers whether the commit stands, and the version: the commit's, or the one that was found instead.
CREATE FUNCTION put_commit(
  practice_id bytea, expected int8, token bytea,
  put_tbl int2[], put_id bytea[], put_doc text[],
  del_tbl int2[], del_id bytea[],
  cut_idx int2[], cut_key bytea[], cut_tbl int2[], cut_id bytea[],
  add_idx int2[], add_key bytea[], add_tbl int2[], add_id bytea[],
  s_cut_idx int2[], s_cut_key bytea[], s_cut_tbl int2[], s_cut_id bytea[],
  s_add_idx int2[], s_add_key bytea[], s_add_tbl int2[], s_add_id bytea[],
  q_idx int2[], q_low bytea[],
  OUT stands boolean, OUT standing int8
) LANGUAGE plpgsql AS $function$
DECLARE
  me int4;
  past bytea;
  changed int8;
  -- a row that was not there has no entries, so none has to be looked for
  all_new boolean := false;
  old_first bytea;
  new_first bytea;
  low bytea;
BEGIN
  UPDATE practices SET version = version + 1, recent = substring(token || recent FROM 1 FOR 256)
    WHERE id = practice_id AND version = expected RETURNING num INTO me;
  IF me IS NULL AND expected = 0 THEN
    INSERT INTO practices (version, id, recent) VALUES (1, practice_id, token)
      ON CONFLICT (id) DO NOTHING RETURNING num INTO me;
    INSERT INTO turns (practice, queue) SELECT me, queue FROM unnest('{0,1}'::int2[]) AS queue WHERE me IS NOT NULL;
  END IF;
  IF me IS NULL THEN
    SELECT version, recent INTO standing, past FROM practices WHERE id = practice_id;
    standing := coalesce(standing, 0);
    stands := standing > expected AND standing - expected <= 32
      AND substring(past FROM 1 + 8 * (standing - expected - 1)::int4 FOR 8) = token;
    IF stands THEN standing := expected + 1; END IF;
    stands := coalesce(stands, false);
    RETURN;
  END IF;

  -- Each of these finds its places first, key by key, and then goes to the places. Written as a join it would be the planner's
  -- to choose which side to go through, and on a table that it takes for empty it would choose the table. (OFFSET 0 keeps it from
  -- making a join of what is written as a subquery.)
  IF cardinality(del_tbl) > 0 THEN
    DELETE FROM rows WHERE ctid = ANY (ARRAY(
      SELECT (SELECT r.ctid FROM rows r WHERE r.practice = me AND r.tbl = d.tbl AND r.id = d.id)
      FROM unnest(del_tbl, del_id) AS d (tbl, id)));
    DELETE FROM entries WHERE ctid = ANY (ARRAY(
      SELECT e.ctid FROM unnest(del_tbl, del_id) AS d (tbl, id) CROSS JOIN LATERAL (
        SELECT ctid FROM entries WHERE practice = me AND tbl = d.tbl AND id = d.id OFFSET 0) e));
    DELETE FROM shared WHERE ctid = ANY (ARRAY(
      SELECT e.ctid FROM unnest(del_tbl, del_id) AS d (tbl, id) CROSS JOIN LATERAL (
        SELECT ctid FROM shared WHERE practice = me AND tbl = d.tbl AND id = d.id OFFSET 0) e));
  END IF;

  IF cardinality(put_tbl) > 0 THEN
    UPDATE rows SET doc = w.doc FROM (
      SELECT (SELECT r.ctid FROM rows r WHERE r.practice = me AND r.tbl = p.tbl AND r.id = p.id) AS place, p.doc
      FROM unnest(put_tbl, put_id, put_doc) AS p (tbl, id, doc) OFFSET 0) w
      WHERE rows.ctid = w.place;
    GET DIAGNOSTICS changed = ROW_COUNT;
    all_new := changed = 0;
    IF all_new THEN
      INSERT INTO rows (practice, tbl, id, doc)
        SELECT me, w.tbl, w.id, w.doc FROM unnest(put_tbl, put_id, put_doc) AS w (tbl, id, doc);
    ELSIF changed < cardinality(put_tbl) THEN
      INSERT INTO rows (practice, tbl, id, doc)
        SELECT me, w.tbl, w.id, w.doc FROM unnest(put_tbl, put_id, put_doc) AS w (tbl, id, doc)
        WHERE NOT EXISTS (SELECT FROM rows r WHERE r.practice = me AND r.tbl = w.tbl AND r.id = w.id OFFSET 0);
    END IF;
  END IF;

  IF cardinality(cut_idx) > 0 THEN
    DELETE FROM entries WHERE ctid = ANY (ARRAY(
      SELECT (SELECT e.ctid FROM entries e
        WHERE e.practice = me AND e.idx = c.idx AND e.key = c.key AND e.tbl = c.tbl AND e.id = c.id)
      FROM unnest(cut_idx, cut_key, cut_tbl, cut_id) AS c (idx, key, tbl, id)));
  END IF;
  IF cardinality(add_idx) > 0 THEN
    INSERT INTO entries (practice, idx, tbl, key, id)
      SELECT me, a.idx, a.tbl, a.key, a.id FROM unnest(add_idx, add_key, add_tbl, add_id) AS a (idx, key, tbl, id)
      WHERE all_new OR NOT EXISTS (SELECT FROM entries e
        WHERE e.practice = me AND e.idx = a.idx AND e.key = a.key AND e.tbl = a.tbl AND e.id = a.id OFFSET 0);
  END IF;
  IF cardinality(s_cut_idx) > 0 THEN
    DELETE FROM shared WHERE ctid = ANY (ARRAY(
      SELECT (SELECT e.ctid FROM shared e
        WHERE e.practice = me AND e.idx = c.idx AND e.key = c.key AND e.tbl = c.tbl AND e.id = c.id)
      FROM unnest(s_cut_idx, s_cut_key, s_cut_tbl, s_cut_id) AS c (idx, key, tbl, id)));
  END IF;
  IF cardinality(s_add_idx) > 0 THEN
    INSERT INTO shared (practice, idx, tbl, key, id)
      SELECT me, a.idx, a.tbl, a.key, a.id
      FROM unnest(s_add_idx, s_add_key, s_add_tbl, s_add_id) AS a (idx, key, tbl, id)
      WHERE all_new OR NOT EXISTS (SELECT FROM shared e
        WHERE e.practice = me AND e.idx = a.idx AND e.key = a.key AND e.tbl = a.tbl AND e.id = a.id OFFSET 0);
  END IF;

  FOR n IN 1 .. cardinality(q_idx) LOOP
    -- assigned first: a SELECT INTO that finds nothing would do so too, but not say it
    old_first := NULL;
    new_first := NULL;
    SELECT first INTO old_first FROM queues WHERE practice = me AND queue = q_idx[n];
    -- no key stands below both, so the look begins behind everything that was taken away before: entries that are dead but
    -- not yet vacuumed (while a backup runs, say) are not walked over again and again
    low := least(old_first, q_low[n]);
    IF low IS NOT NULL THEN
      SELECT key INTO new_first FROM entries WHERE practice = me AND idx = q_idx[n] AND key >= low
        ORDER BY key LIMIT 1;
    END IF;
    IF new_first IS NULL AND old_first IS NOT NULL THEN
      DELETE FROM queues WHERE practice = me AND queue = q_idx[n];
    ELSIF old_first IS NULL AND new_first IS NOT NULL THEN
      INSERT INTO queues (practice, queue, first, at, id)
        VALUES (me, q_idx[n], new_first, substring(new_first FROM 1 FOR 15), practice_id);
    ELSIF new_first <> old_first THEN
      UPDATE queues SET first = new_first, at = substring(new_first FROM 1 FOR 15)
        WHERE practice = me AND queue = q_idx[n];
    END IF;
  END LOOP;

  stands := true;
  standing := expected + 1;
END
$function$;
