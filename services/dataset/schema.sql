CREATE TABLE IF NOT EXISTS datasets (
    created_at timestamptz NOT NULL,
    id text NOT NULL,
    tenant text NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    builtin text NOT NULL,
    latest_version integer NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX IF NOT EXISTS datasets_newest ON datasets (tenant, project_id, created_at DESC, id DESC);

-- Versions being ingested; a row goes when its version is ready or failed.
CREATE TABLE IF NOT EXISTS ingests (
    tenant text NOT NULL,
    dataset_id text NOT NULL,
    number integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, dataset_id, number)
);
CREATE INDEX IF NOT EXISTS ingests_oldest ON ingests (created_at);

-- Came later than the table: what a dataset that was uploaded is made of; 0 is a built-in one.
ALTER TABLE datasets ADD COLUMN IF NOT EXISTS kind integer NOT NULL DEFAULT 0;

-- Uploads of which nothing has been made; a row goes when something is, or with the file after a day.
CREATE TABLE IF NOT EXISTS uploads (
    tenant text NOT NULL,
    dataset_id text NOT NULL,
    number integer NOT NULL,
    started_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, dataset_id, number)
);
CREATE INDEX IF NOT EXISTS uploads_oldest ON uploads (started_at);
