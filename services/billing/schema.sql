-- The read model of billing. Everything here can be rebuilt from the log.

-- Double entry: the entries of one transaction (one event) sum to zero per unit.
CREATE TABLE IF NOT EXISTS entries (
    id bigint PRIMARY KEY, -- ENTRIES_PER_EVENT numbers are kept for each position of the log
    tenant text NOT NULL,
    transaction_id uuid NOT NULL,
    account text NOT NULL,
    unit text NOT NULL,
    amount bigint NOT NULL,
    memo text NOT NULL,
    hold_id text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_by_tenant ON entries (tenant, id DESC);
CREATE INDEX IF NOT EXISTS entries_by_hold ON entries (tenant, hold_id, id DESC);

-- What the entries of an account add up to.
CREATE TABLE IF NOT EXISTS balances (
    tenant text NOT NULL,
    account text NOT NULL,
    unit text NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (tenant, account, unit)
);

-- Holds whose run has not been queued yet: candidates to lapse.
CREATE TABLE IF NOT EXISTS waiting_holds (
    tenant text NOT NULL,
    hold_id text NOT NULL,
    placed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, hold_id)
);
CREATE INDEX IF NOT EXISTS waiting_holds_by_age ON waiting_holds (placed_at);
