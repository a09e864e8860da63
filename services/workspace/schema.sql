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
