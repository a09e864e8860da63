/** What people may do, in words. */

import type { OrganisationRow } from "./queries.js";

export type Role = OrganisationRow["role"];

/** Each may do what the ones before may. */
export const ROLES: readonly Role[] = ["VIEWER", "MEMBER", "ADMIN", "OWNER"];

export const ROLE_NAMES: Record<Role, string> = { VIEWER: "Viewer", MEMBER: "Member", ADMIN: "Admin", OWNER: "Owner" };

export const ROLE_MEANINGS: Record<Role, string> = {
  VIEWER: "sees the projects that are open to the organisation",
  MEMBER: "draws, trains and exports too",
  ADMIN: "sees all projects, and invites and removes people too",
  OWNER: "may do everything, and makes other owners",
};

export function isAtLeast(role: Role | undefined, least: Role): boolean {
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(least);
}

/** The roles that somebody of a role can give. */
export function rolesUpTo(role: Role): readonly Role[] {
  return ROLES.slice(0, ROLES.indexOf(role) + 1);
}
