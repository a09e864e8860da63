/** The organisation one works in: its name, who is in it and as what, who is invited; and the others one is in. */

import { LogOut, PencilLine } from "lucide-react";
import { useState } from "react";
import { useClient } from "urql";
import { command } from "../gateway/outcome.js";
import { renew, switchTo } from "../gateway/session.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { Button } from "../ui/button.js";
import { Frame } from "../ui/frame.js";
import { NameDialog } from "../ui/nameDialog.js";
import { Loading, Trouble } from "../ui/states.js";
import { Confirm } from "./confirm.js";
import { Invitations } from "./invitations.js";
import { Members } from "./members.js";
import { Organisations } from "./organisations.js";
import {
  LEAVE_ORGANISATION,
  OF_ORGANISATIONS,
  ORGANISATIONS,
  type OrganisationRow,
  RENAME_ORGANISATION,
} from "./queries.js";
import { isAtLeast } from "./roles.js";
import { Usage } from "./usage.js";

export default function OrganisationPage() {
  const { data, trouble, retry } = useAnswer({ query: ORGANISATIONS, variables: {}, context: OF_ORGANISATIONS });
  if (!data && !trouble) return <Loading label="Opening the organisation" />;
  const [present] = data?.organisations ?? [];
  const name = present?.name ?? "Organisation";
  return (
    <Frame
      title={name}
      crumbs={[{ label: "Projects", href: "/" }, { label: "Organisation" }]}
      actions={present ? <Actions {...present} /> : null}
    >
      {trouble ? <Trouble onRetry={retry}>{trouble}</Trouble> : null}
      {present ? (
        <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <div className="grid min-w-0 gap-5">
            <Members role={present.role} />
            {isAtLeast(present.role, "ADMIN") ? <Invitations role={present.role} /> : null}
          </div>
          <div className="grid min-w-0 gap-5">
            <Organisations organisations={data?.organisations ?? []} />
            <Usage />
          </div>
        </div>
      ) : null}
    </Frame>
  );
}

function Actions({ name, role, personal }: OrganisationRow) {
  const client = useClient();
  const [open, setOpen] = useState<"rename" | "leave" | null>(null);
  const close = () => setOpen(null);
  const rename = async (name: string, key: string) => {
    await command(client, RENAME_ORGANISATION, { name, key }, "renameOrganisation");
    await renew();
    close();
  };
  const leave = async (key: string) => {
    await command(client, LEAVE_ORGANISATION, { key }, "leaveOrganisation");
    await switchTo("");
  };
  return (
    <>
      {isAtLeast(role, "ADMIN") ? (
        <Button onClick={() => setOpen("rename")}>
          <PencilLine size={16} aria-hidden="true" /> Rename
        </Button>
      ) : null}
      {personal && role === "OWNER" ? null : (
        <Button onClick={() => setOpen("leave")}>
          <LogOut size={16} aria-hidden="true" /> Leave
        </Button>
      )}
      {open === "rename" ? (
        <NameDialog title="Rename the organisation" initial={name} action="Rename" onName={rename} onClose={close} />
      ) : null}
      {open === "leave" ? (
        <Confirm title="Leave the organisation?" action="Leave" act={leave} onClose={close}>
          Its projects are closed to you then, and your API keys for it end. To come back you need an invitation.
        </Confirm>
      ) : null}
    </>
  );
}
