-- It holds all that is asked of a due row: with a million patients the rows themselves lie far apart.
DROP INDEX due_open;
CREATE INDEX due_open ON due (due_at, patient_id, kind, local_date, chat_id) WHERE state = 'open';
