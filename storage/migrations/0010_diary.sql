-- What patients said, as documents; columns only for ids, local dates, due times and states.

CREATE TABLE patients (
    patient_id BIGINT PRIMARY KEY,
    chat_id BIGINT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    document TEXT NOT NULL
);

CREATE TABLE checkins (
    patient_id BIGINT NOT NULL REFERENCES patients (patient_id) ON DELETE CASCADE,
    local_date TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (patient_id, local_date)
);

CREATE TABLE reviews (
    patient_id BIGINT NOT NULL REFERENCES patients (patient_id) ON DELETE CASCADE,
    week_start TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (patient_id, week_start)
);

CREATE TABLE advice (
    advice_id TEXT PRIMARY KEY,
    patient_id BIGINT NOT NULL REFERENCES patients (patient_id) ON DELETE CASCADE,
    local_date TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX advice_by_patient ON advice (patient_id, given_at);

CREATE TABLE crisis_messages (
    crisis_message_id BIGINT PRIMARY KEY,
    patient_id BIGINT NOT NULL REFERENCES patients (patient_id) ON DELETE CASCADE,
    shown_at BIGINT NOT NULL
);
CREATE INDEX crisis_messages_by_patient ON crisis_messages (patient_id, shown_at);

CREATE TABLE appointments (
    appointment_id BIGINT PRIMARY KEY,
    patient_id BIGINT NOT NULL REFERENCES patients (patient_id) ON DELETE CASCADE,
    visit_date TEXT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX appointments_by_patient ON appointments (patient_id, visit_date);

CREATE TABLE doctor_questions (
    question_id BIGINT PRIMARY KEY,
    patient_id BIGINT NOT NULL REFERENCES patients (patient_id) ON DELETE CASCADE,
    asked_at BIGINT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX doctor_questions_by_patient ON doctor_questions (patient_id, asked_at);

CREATE TABLE unanswered_questions (
    question_id BIGINT PRIMARY KEY,
    asked_on TEXT NOT NULL,
    question TEXT NOT NULL
);
