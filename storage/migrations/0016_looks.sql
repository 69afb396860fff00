-- The latest look at each diary, with the days it stood on in numbers: a year of documents need not be read and judged
-- again for every summary. It says nothing that the days would not; a change of one of those days takes it away.
CREATE TABLE looks (
    patient_id BIGINT PRIMARY KEY REFERENCES patients (patient_id) ON DELETE CASCADE,
    looked_on TEXT NOT NULL,
    document TEXT NOT NULL
);
