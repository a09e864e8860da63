-- The read model of runs, filled by the projection.
CREATE TABLE IF NOT EXISTS runs (
    created_at timestamptz NOT NULL,
    id text NOT NULL,
    tenant text NOT NULL,
    position bigint NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    architecture_id text NOT NULL,
    architecture_version integer NOT NULL,
    dataset_id text NOT NULL,
    dataset_version integer NOT NULL,
    options bytea NOT NULL,
    device text NOT NULL,
    limit_milliseconds bigint NOT NULL,
    created_by text NOT NULL,
    state smallint NOT NULL,
    attempt integer NOT NULL DEFAULT 0,
    cancel_requested boolean NOT NULL DEFAULT false,
    started_at timestamptz,
    finished_at timestamptz,
    attached_at timestamptz,
    device_milliseconds bigint NOT NULL DEFAULT 0,
    best_validation_accuracy double precision NOT NULL DEFAULT 0,
    best_epoch integer NOT NULL DEFAULT 0,
    test_accuracy double precision NOT NULL DEFAULT 0,
    evaluation bytea NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant, id)
);
-- What later runs are estimated from; came later than the table.
ALTER TABLE runs ADD COLUMN IF NOT EXISTS device_kind text NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN IF NOT EXISTS macs text NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN IF NOT EXISTS train_rows bigint NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN IF NOT EXISTS launched_at timestamptz;
CREATE INDEX IF NOT EXISTS runs_measured ON runs (tenant, device_kind, created_at DESC) WHERE state = 4;
CREATE INDEX IF NOT EXISTS runs_newest ON runs (tenant, project_id, created_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS runs_open ON runs (position) WHERE state IN (1, 2, 3);

-- What workers report. These tables are no read model: the log does not hold curves, so nothing can rebuild them.
CREATE TABLE IF NOT EXISTS run_progress (
    tenant text NOT NULL,
    run_id text NOT NULL,
    attempt integer NOT NULL,
    sequence bigint NOT NULL,
    heard_at timestamptz NOT NULL,
    lines bigint NOT NULL DEFAULT 0,
    progress bytea NOT NULL DEFAULT '',
    PRIMARY KEY (tenant, run_id)
);

CREATE TABLE IF NOT EXISTS log_lines (
    tenant text NOT NULL,
    run_id text NOT NULL,
    number bigint NOT NULL,
    attempt integer NOT NULL,
    at timestamptz NOT NULL,
    level text NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (tenant, run_id, number)
);

-- Little-endian arrays: int64 steps, float32 values.
CREATE TABLE IF NOT EXISTS metric_chunks (
    tenant text NOT NULL,
    run_id text NOT NULL,
    series text NOT NULL,
    attempt integer NOT NULL,
    sequence bigint NOT NULL,
    steps bytea NOT NULL,
    values bytea NOT NULL,
    PRIMARY KEY (tenant, run_id, series, attempt, sequence)
);

-- Each series reduced to at most `level` buckets, up to and including the chunk (attempt, sequence).
CREATE TABLE IF NOT EXISTS metric_previews (
    tenant text NOT NULL,
    run_id text NOT NULL,
    series text NOT NULL,
    level integer NOT NULL,
    attempt integer NOT NULL,
    sequence bigint NOT NULL,
    points bigint NOT NULL,
    width bigint NOT NULL,
    last_step bigint NOT NULL,
    steps bytea NOT NULL,
    minima bytea NOT NULL,
    maxima bytea NOT NULL,
    PRIMARY KEY (tenant, run_id, level, series)
);
