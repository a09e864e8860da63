-- The read model of billing. Everything here can be rebuilt from the log.

-- Double entry: a transfer takes from one account what it gives to another. Those of one event are one transaction.
CREATE TABLE IF NOT EXISTS transfers (
    tenant text NOT NULL,
    id bigint NOT NULL, -- TRANSFERS_PER_EVENT numbers are kept for each position of the log
    transaction_id uuid NOT NULL,
    source text NOT NULL,
    target text NOT NULL,
    unit text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    memo text NOT NULL,
    hold_id text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX IF NOT EXISTS transfers_by_hold ON transfers (tenant, hold_id, id);

-- What the transfers from and to an account add up to.
CREATE TABLE IF NOT EXISTS balances (
    tenant text NOT NULL,
    account text NOT NULL,
    unit text NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (tenant, account, unit)
);

-- What the balances of all organisations in device time add up to, by what the account is for (quota, held, metered).
-- It came later than they did, and is made from them once.
DO $$ BEGIN
    IF to_regclass('totals') IS NULL THEN
        CREATE TABLE totals (
            purpose text NOT NULL,
            unit text NOT NULL,
            amount bigint NOT NULL,
            PRIMARY KEY (purpose, unit)
        );
        INSERT INTO totals SELECT split_part(account, ':', 2), unit, sum(amount) FROM balances
        WHERE starts_with(unit, 'ms:') GROUP BY 1, 2;
    END IF;
END $$;

-- Since when a hold has waited for its run to be queued, NULL once it waits no longer: candidates to lapse.
CREATE TABLE IF NOT EXISTS holds (
    tenant text NOT NULL,
    hold_id text NOT NULL,
    waiting_since timestamptz,
    PRIMARY KEY (tenant, hold_id)
);
CREATE INDEX IF NOT EXISTS holds_waiting ON holds (waiting_since) WHERE waiting_since IS NOT NULL;
