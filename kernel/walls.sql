-- What keeps tenants apart, in every service's schema; runs after its tables are made, and does again only what is
-- missing. Every table with a tenant shows the role that serves calls the rows of `nf.tenant` alone; a table without
-- one shows it nothing. The owner, which projects and looks after all tenants, sees all.

-- Came later than the table. Empty in rows of an earlier release: `kernel.projects` asks `workspace` once.
ALTER TABLE known_projects ADD COLUMN IF NOT EXISTS created_by text NOT NULL DEFAULT '';

DO $$
DECLARE
    serving name := 'nf_' || current_schema() || '_tenant';
    walled record;
    wanted text;
BEGIN
    IF NOT has_schema_privilege(serving, current_schema(), 'USAGE') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), serving);
    END IF;
    FOR walled IN
        SELECT c.oid, c.relname, c.relrowsecurity AND c.relforcerowsecurity AS raised FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        IF NOT walled.raised THEN
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', walled.relname);
        END IF;
        IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = walled.oid AND polname = 'own_tenant') THEN
            EXECUTE format(
                'CREATE POLICY own_tenant ON %I TO %I USING (tenant = current_setting(''nf.tenant'', true))',
                walled.relname, serving
            );
        END IF;
        IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = walled.oid AND polname = 'every_tenant') THEN
            EXECUTE format('CREATE POLICY every_tenant ON %I TO %I USING (true)', walled.relname, current_user);
        END IF;
        wanted := CASE
            WHEN walled.relname IN ('events', 'commands', 'streams', 'snapshots') THEN 'SELECT'
            ELSE 'SELECT, INSERT, UPDATE, DELETE'
        END;
        IF NOT has_table_privilege(serving, walled.oid, split_part(wanted, ', ', -1)) THEN
            EXECUTE format('GRANT %s ON %I TO %I', wanted, walled.relname, serving);
        END IF;
    END LOOP;
END $$;
