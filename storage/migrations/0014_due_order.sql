-- What one patient has due at one moment is taken up from the last kind by name to the first: the check-in last.
DROP INDEX due_open;
CREATE INDEX due_open ON due (due_at, patient_id, kind DESC, local_date, chat_id) WHERE state = 'open';
