/** Chooses what somebody, or something, may do. */

import { SelectField } from "../ui/field.js";
import { ROLE_MEANINGS, ROLE_NAMES, type Role } from "./roles.js";

interface Props {
  readonly roles: readonly Role[];
  readonly value: Role;
  readonly onChange: (role: Role) => void;
}

export function RoleField({ roles, value, onChange }: Props) {
  return (
    <SelectField
      label="Role"
      value={value}
      help={`${ROLE_NAMES[value]}: ${ROLE_MEANINGS[value]}.`}
      onChange={({ currentTarget }) => onChange(currentTarget.value as Role)}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {ROLE_NAMES[role]}
        </option>
      ))}
    </SelectField>
  );
}
