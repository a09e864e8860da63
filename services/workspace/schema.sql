CREATE TABLE IF NOT EXISTS projects (
    created_at timestamptz NOT NULL,
    id text NOT NULL,
    tenant text NOT NULL,
    name text NOT NULL,
    visibility integer NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX IF NOT EXISTS projects_newest ON projects (tenant, created_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS projects_name ON projects (tenant, name);
CREATE INDEX IF NOT EXISTS projects_alphabetical ON projects (tenant, lower(name), id);

-- Where there were no such tables before, the read model starts over, so that they fill with all that has happened.
DO $$ BEGIN
    IF to_regclass('sessions') IS NULL THEN
        TRUNCATE projects;
        DELETE FROM checkpoints WHERE name = 'projection';
    END IF;
END $$;
CREATE TABLE IF NOT EXISTS sessions (
    id text PRIMARY KEY,
    user_id text NOT NULL,
    device text NOT NULL,
    generation bigint NOT NULL,
    created_at timestamptz NOT NULL,
    refreshed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS sessions_of_user ON sessions (user_id, refreshed_at DESC);
CREATE TABLE IF NOT EXISTS ended_sessions (
    user_id text PRIMARY KEY,
    generation bigint NOT NULL,
    kept text NOT NULL
);

-- No read model: no event tells an address, so nothing could bring back what is lost here.
CREATE TABLE IF NOT EXISTS invitation_addresses (
    tenant text NOT NULL,
    invitation_id text NOT NULL,
    email text NOT NULL,
    PRIMARY KEY (tenant, invitation_id)
);

-- No read model either: invitations whose mail was not handed over yet.
CREATE TABLE IF NOT EXISTS letters_due (
    tenant text NOT NULL,
    invitation_id text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, invitation_id, expires_at)
);

-- No read model either: what an event has sealed opens with the key of its person, and with nothing else.
CREATE TABLE IF NOT EXISTS personal_keys (
    user_id text PRIMARY KEY,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS share_links (
    tenant text NOT NULL,
    id text PRIMARY KEY,
    project_id text NOT NULL,
    label text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS share_links_of_project ON share_links (tenant, project_id, created_at DESC);

CREATE TABLE IF NOT EXISTS api_keys (
    tenant text NOT NULL,
    id text PRIMARY KEY,
    user_id text NOT NULL,
    name text NOT NULL,
    role integer NOT NULL,
    project_id text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz
);
CREATE INDEX IF NOT EXISTS api_keys_of_tenant ON api_keys (tenant, created_at DESC);
