-- The event log of one service, in that service's schema. Appends are serialised by an advisory lock, so
-- the order of positions is the order of commits and a position is never filled late.

CREATE TABLE IF NOT EXISTS streams (
    tenant text NOT NULL,
    stream text NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (tenant, stream)
);

CREATE TABLE IF NOT EXISTS events (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    stream text NOT NULL,
    version bigint NOT NULL,
    event_id uuid NOT NULL UNIQUE,
    type text NOT NULL,
    schema_version integer NOT NULL DEFAULT 1,
    data bytea NOT NULL,
    meta jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (tenant, stream, version)
);

CREATE TABLE IF NOT EXISTS commands (
    tenant text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    response bytea NOT NULL,
    position bigint NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, key)
);
-- For the clean-up: keys are added in the order of time, so a few pages tell where the old ones are.
CREATE INDEX IF NOT EXISTS commands_by_age ON commands USING brin (recorded_at) WITH (autosummarize = true);

CREATE TABLE IF NOT EXISTS checkpoints (
    name text PRIMARY KEY,
    position bigint NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE IF NOT EXISTS dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer text NOT NULL,
    subject text NOT NULL,
    position bigint NOT NULL,
    headers jsonb NOT NULL,
    data bytea NOT NULL,
    error text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- An operator wants it taken again; came later than the table.
ALTER TABLE dead_letters ADD COLUMN IF NOT EXISTS retry_requested_at timestamptz;
ALTER TABLE dead_letters ADD COLUMN IF NOT EXISTS retries integer NOT NULL DEFAULT 0;

-- The newest state of long streams, so that they need not be folded from their beginning. May be emptied at any time.
CREATE TABLE IF NOT EXISTS snapshots (
    tenant text NOT NULL,
    stream text NOT NULL,
    version bigint NOT NULL,
    event_id uuid NOT NULL,
    fold_hash bytea NOT NULL,
    state bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, stream)
);

-- How often each job of this service was heard of, by whichever replica it called, and what it told of itself last.
CREATE TABLE IF NOT EXISTS heartbeats (
    tenant text NOT NULL,
    job text NOT NULL,
    attempt integer NOT NULL,
    beats bigint NOT NULL DEFAULT 1,
    stage text NOT NULL DEFAULT '',
    heard_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, job)
);

-- Projects as `workspace` announced them: what this service knows of who may see what.
CREATE TABLE IF NOT EXISTS known_projects (
    tenant text NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    visibility integer NOT NULL,
    PRIMARY KEY (tenant, project_id)
);

-- Appends a batch of requests, each wholly or not at all, and answers each with
-- ok | replayed | key_reused | conflict. Writes of request i are first_write[i] .. first_write[i + 1] - 1,
-- events of write w are first_event[w] .. first_event[w + 1] - 1.
CREATE OR REPLACE FUNCTION append_many(
    lock_key bigint,
    first_write integer[], key_tenants text[], keys text[], hashes bytea[], responses bytea[],
    first_event integer[], tenants text[], names text[], expected bigint[],
    ids uuid[], types text[], schema_versions integer[], payloads bytea[], metas jsonb[]
) RETURNS TABLE (request integer, status text, last_position bigint, response bytea)
LANGUAGE plpgsql AS $$
DECLARE
    current_version bigint;
    bases bigint[];
    known commands%ROWTYPE;
    conflict boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(lock_key);
    FOR i IN 1 .. array_length(first_write, 1) - 1 LOOP
        request := i;
        last_position := 0;
        response := responses[i];
        IF keys[i] IS NOT NULL THEN
            SELECT * INTO known FROM commands c WHERE c.tenant = key_tenants[i] AND c.key = keys[i];
            IF FOUND THEN
                status := CASE WHEN known.request_hash = hashes[i] THEN 'replayed' ELSE 'key_reused' END;
                last_position := known.position;
                response := known.response;
                RETURN NEXT;
                CONTINUE;
            END IF;
        END IF;
        conflict := false;
        bases := '{}';
        FOR w IN first_write[i] .. first_write[i + 1] - 1 LOOP
            SELECT s.version INTO current_version FROM streams s WHERE s.tenant = tenants[w] AND s.stream = names[w];
            current_version := coalesce(current_version, 0);
            bases := bases || current_version;
            conflict := conflict OR (expected[w] >= 0 AND expected[w] <> current_version);
        END LOOP;
        IF conflict THEN
            status := 'conflict';
            RETURN NEXT;
            CONTINUE;
        END IF;
        FOR w IN first_write[i] .. first_write[i + 1] - 1 LOOP
            current_version := bases[w - first_write[i] + 1];
            FOR e IN first_event[w] .. first_event[w + 1] - 1 LOOP
                current_version := current_version + 1;
                INSERT INTO events (tenant, stream, version, event_id, type, schema_version, data, meta)
                VALUES (tenants[w], names[w], current_version, ids[e], types[e], schema_versions[e], payloads[e],
                        metas[e])
                RETURNING position INTO last_position;
            END LOOP;
            INSERT INTO streams (tenant, stream, version) VALUES (tenants[w], names[w], current_version)
            ON CONFLICT (tenant, stream) DO UPDATE SET version = excluded.version;
        END LOOP;
        IF last_position = 0 THEN
            SELECT coalesce(max(position), 0) INTO last_position FROM events;
        END IF;
        IF keys[i] IS NOT NULL THEN
            INSERT INTO commands (tenant, key, request_hash, response, position)
            VALUES (key_tenants[i], keys[i], hashes[i], responses[i], last_position);
        END IF;
        status := 'ok';
        RETURN NEXT;
    END LOOP;
END $$;
