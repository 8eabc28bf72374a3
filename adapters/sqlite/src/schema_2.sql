-- What stands first in each practice's queues, kept by the commits: so what is due is a range of an index, however many
-- practices there are. Only the instant that a key begins with (15 digits): practices of one instant are in the order of
-- their ids.

ALTER TABLE practices ADD COLUMN first_due TEXT;
ALTER TABLE practices ADD COLUMN first_work TEXT;

-- the queues by their codes: 0 is `Index::Due`, 1 is `Index::Work`
UPDATE practices SET
  first_due = (SELECT substr(min(key), 1, 15) FROM entries WHERE practice = num AND idx = 0),
  first_work = (SELECT substr(min(key), 1, 15) FROM entries WHERE practice = num AND idx = 1);

CREATE INDEX practices_due ON practices (first_due, id) WHERE first_due IS NOT NULL;
CREATE INDEX practices_work ON practices (first_work, id) WHERE first_work IS NOT NULL;
