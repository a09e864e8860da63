"""Gives a table the walls and grants of another, whoever raised them: what replaces a table must not be open wider."""

from psycopg import sql

from kernel.database import Connection

POLICIES = """
    SELECT policyname, permissive, roles, cmd, qual, with_check FROM pg_policies
    WHERE schemaname = %s AND tablename = %s
"""
WALLED = "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = to_regclass(%s)"
GRANTS = """
    SELECT privilege_type, coalesce(rolname, 'public') FROM pg_class
    CROSS JOIN LATERAL aclexplode(relacl) AS acl LEFT JOIN pg_roles ON pg_roles.oid = acl.grantee
    WHERE pg_class.oid = to_regclass(%s)
"""


async def copy_access(connection: Connection, table: str, source: str, target: str) -> None:
    """Row-level security, policies and grants of `source`.`table` for `target`.`table`, which has none yet."""
    name, known = sql.Identifier(target, table), f'"{source}"."{table}"'
    row = await (await connection.execute(WALLED, (known,))).fetchone()
    for wanted, verb in zip(row or (), ("ENABLE", "FORCE"), strict=False):
        if wanted:
            await connection.execute(sql.SQL("ALTER TABLE {} {} ROW LEVEL SECURITY").format(name, sql.SQL(verb)))
    for policy in await (await connection.execute(POLICIES, (source, table))).fetchall():
        await connection.execute(_policy(name, *policy))
    for privilege, role in await (await connection.execute(GRANTS, (known,))).fetchall():
        grant = sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(privilege), name, _role(role))
        await connection.execute(grant)


def _policy(
    table: sql.Identifier, name: str, permissive: str, roles: list[str], cmd: str, qual: str | None, check: str | None
) -> sql.Composed:
    statement = sql.SQL("CREATE POLICY {} ON {} AS {} FOR {} TO {}").format(
        sql.Identifier(name), table, sql.SQL(permissive), sql.SQL(cmd), sql.SQL(", ").join(map(_role, roles))
    )
    if qual is not None:
        statement += sql.SQL(" USING ({})").format(sql.SQL(qual))
    if check is not None:
        statement += sql.SQL(" WITH CHECK ({})").format(sql.SQL(check))
    return statement


def _role(name: str) -> sql.Composable:
    return sql.SQL("PUBLIC") if name == "public" else sql.Identifier(name)
