-- What moves: updates that came in, messages that go out, and what is due when.

CREATE TABLE inbox (
    update_id BIGINT PRIMARY KEY,
    chat_id BIGINT,
    body TEXT,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'failed')),
    received_at BIGINT NOT NULL,
    done_at BIGINT,
    error TEXT
);
CREATE INDEX inbox_open ON inbox (update_id) WHERE state = 'open';
CREATE INDEX inbox_closed ON inbox (done_at) WHERE done_at IS NOT NULL;

-- The highest update that was ever journalled. It outlives deleted rows, so a repeated delivery is known.
CREATE TABLE inbox_mark (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    update_id BIGINT NOT NULL,
    marked_at BIGINT NOT NULL
);

CREATE TABLE outbox (
    id BIGINT PRIMARY KEY,
    chat_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    method TEXT NOT NULL,
    payload TEXT,
    attachment BYTEA,
    attachment_name TEXT,
    attachment_field TEXT,
    dedupe_key TEXT UNIQUE,
    forget INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'sending', 'sent', 'uncertain', 'expired', 'failed', 'dropped')),
    created_at BIGINT NOT NULL,
    not_before BIGINT,
    not_after BIGINT,
    closed_at BIGINT,
    message_id BIGINT,
    error TEXT
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE state IN ('open', 'sending');
CREATE INDEX outbox_chat ON outbox (chat_id);
CREATE INDEX outbox_closed ON outbox (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE due (
    patient_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    local_date TEXT NOT NULL,
    chat_id BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'missed', 'failed')),
    closed_at BIGINT,
    PRIMARY KEY (patient_id, kind, local_date)
);
CREATE INDEX due_open ON due (due_at, patient_id) WHERE state = 'open';
CREATE INDEX due_next ON due (patient_id, kind, due_at) WHERE state = 'open';
CREATE INDEX due_closed ON due (closed_at) WHERE closed_at IS NOT NULL;
