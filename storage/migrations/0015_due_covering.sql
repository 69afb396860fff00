-- `state` belongs to it too, or SQLite goes on from the index to each row to see that it is open: with a million
-- patients the rows lie far apart.
DROP INDEX due_open;
CREATE INDEX due_open ON due (due_at, patient_id, kind DESC, local_date, chat_id, state) WHERE state = 'open';
