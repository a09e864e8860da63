/** Who is in the organisation, and as what. */

import { UserMinus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useClient } from "urql";
import { command, sentence } from "../gateway/outcome.js";
import { useSession } from "../gateway/session.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { useCommand } from "../gateway/useCommand.js";
import { IconButton } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { INPUT } from "../ui/field.js";
import { Paged } from "../ui/paged.js";
import { Badge, Skeleton, Trouble } from "../ui/states.js";
import { Confirm } from "./confirm.js";
import { CHANGE_ROLE, MEMBERS, type MemberRow, OF_MEMBERS, REMOVE_MEMBER } from "./queries.js";
import { isAtLeast, ROLE_NAMES, type Role, rolesUpTo } from "./roles.js";

const PAGE = 50;

export function Members({ role }: { role: Role }) {
  return (
    <Card title="Members" hint="What somebody may do changes within five minutes of their role.">
      <Paged>{(after, more) => <Page role={role} after={after} more={more} />}</Paged>
    </Card>
  );
}

function Page(props: { role: Role; after: string; more: (next: string | null) => ReactNode }) {
  const { role, after, more } = props;
  const variables = { first: PAGE, after };
  const { data, trouble, retry } = useAnswer({ query: MEMBERS, variables, context: OF_MEMBERS });
  if (trouble) return <Trouble onRetry={retry}>{trouble}</Trouble>;
  if (!data) return <Skeleton />;
  const owners = data.members.nodes.filter((each) => each.role === "OWNER");
  const only = after === "" && data.members.nextPageToken === null && owners.length === 1 ? owners[0] : null;
  return (
    <>
      <ul className="grid min-w-0 grid-cols-1 divide-y divide-line" aria-label="Members">
        {data.members.nodes.map((member) => (
          <Row key={member.id} member={member} role={role} only={member.id === only?.id} />
        ))}
      </ul>
      {more(data.members.nextPageToken)}
    </>
  );
}

interface RowProps {
  readonly member: MemberRow;
  readonly role: Role;
  /** Whether it is the one owner, without whom no organisation can be. */
  readonly only: boolean;
}

function Row({ member, role, only }: RowProps) {
  const client = useClient();
  const me = useSession(({ user }) => user?.id);
  const [removing, setRemoving] = useState(false);
  const { send, busy, under, trouble } = useCommand((to: Role, key) =>
    command(client, CHANGE_ROLE, { id: member.id, role: to, key }, "changeMemberRole"),
  );
  const remove = async (key: string) => {
    await command(client, REMOVE_MEMBER, { id: member.id, key }, "removeMember");
  };
  const changeable = isAtLeast(role, "ADMIN") && isAtLeast(role, member.role) && !only;
  return (
    <li className="grid grid-cols-1 gap-2 py-2.5 first:pt-0 last:pb-0">
      <div className="flex min-h-11 items-center gap-3">
        <div className="min-w-0 grow">
          <p className="truncate text-sm font-medium" dir="auto" title={member.name}>
            {member.name}
            {member.id === me ? <span className="text-muted"> (you)</span> : null}
          </p>
          {member.email ? <p className="truncate text-xs text-muted">{member.email}</p> : null}
        </div>
        {changeable ? (
          <div className="w-28 shrink-0">
            <select
              aria-label={`Role of ${member.name}`}
              className={INPUT}
              value={under ?? member.role}
              disabled={busy}
              onChange={({ currentTarget }) => void send(currentTarget.value as Role)}
            >
              {rolesUpTo(role).map((each) => (
                <option key={each} value={each}>
                  {ROLE_NAMES[each]}
                </option>
              ))}
            </select>
          </div>
        ) : (
          <Badge>{ROLE_NAMES[member.role]}</Badge>
        )}
        {changeable && member.id !== me ? (
          <IconButton label={`Remove ${member.name}`} onClick={() => setRemoving(true)}>
            <UserMinus size={18} />
          </IconButton>
        ) : null}
      </div>
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
      {removing ? (
        <Confirm title={`Remove ${member.name}?`} action="Remove" act={remove} onClose={() => setRemoving(false)}>
          They see nothing of the organisation any more within five minutes, and their API keys for it end. What they
          made stays.
        </Confirm>
      ) : null}
    </li>
  );
}
