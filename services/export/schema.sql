-- `state` is the number of neuralforge.export.v1.ExportState: 1 queued, 2 running, above: ended.
CREATE TABLE IF NOT EXISTS exports (
    created_at timestamptz NOT NULL,
    id text NOT NULL,
    tenant text NOT NULL,
    project_id text NOT NULL,
    run_id text NOT NULL,
    format text NOT NULL,
    state integer NOT NULL,
    reason text NOT NULL DEFAULT '',
    bytes bigint NOT NULL DEFAULT 0,
    sha256 text NOT NULL DEFAULT '',
    validation bytea,
    report bytea NOT NULL DEFAULT '',
    finished_at timestamptz,
    created_by text NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX IF NOT EXISTS exports_of_project ON exports (tenant, project_id, created_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS exports_of_run ON exports (tenant, run_id, created_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS exports_open ON exports (created_at) WHERE state <= 2;
