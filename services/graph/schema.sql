CREATE TABLE IF NOT EXISTS architectures (
    created_at timestamptz NOT NULL,
    id text NOT NULL,
    tenant text NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    revision bigint NOT NULL,
    latest_version integer NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (tenant, id)
);
-- What it is a fork of; came later than the table.
ALTER TABLE architectures ADD COLUMN IF NOT EXISTS origin_id text NOT NULL DEFAULT '';
ALTER TABLE architectures ADD COLUMN IF NOT EXISTS origin_version integer NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS architectures_newest ON architectures (tenant, project_id, created_at DESC, id DESC);

-- Counts are text: they are unbounded, and expressions where sizes stay named.
CREATE TABLE IF NOT EXISTS versions (
    created_at timestamptz NOT NULL,
    tenant text NOT NULL,
    architecture_id text NOT NULL,
    number integer NOT NULL,
    message text NOT NULL,
    content_hash text NOT NULL,
    revision bigint NOT NULL,
    author text NOT NULL,
    params text NOT NULL,
    macs text NOT NULL,
    PRIMARY KEY (tenant, architecture_id, number)
);
