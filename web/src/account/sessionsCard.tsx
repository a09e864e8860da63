/** Where one is signed in: each device can be signed out, and all at once. */

import { MonitorSmartphone } from "lucide-react";
import { type Client, useClient } from "urql";
import { ago } from "../format/figures.js";
import { command, sentence } from "../gateway/outcome.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { Skeleton, Trouble } from "../ui/states.js";
import { LOG_OUT_EVERYWHERE, OF_SESSIONS, REVOKE_SESSION, SESSIONS, type SessionRow } from "./queries.js";

/** The device to sign out, or all but this one. */
type Asked = { readonly id: string } | "others";

export function SessionsCard() {
  const client = useClient();
  const { data, trouble, retry } = useAnswer({ query: SESSIONS, variables: {}, context: OF_SESSIONS });
  const { send, under, trouble: refused } = useCommand((asked: Asked, key) => end(client, asked, key), retry);
  const sessions = data?.sessions ?? [];
  const others =
    sessions.length > 1 ? (
      <Button busy={under === "others"} onClick={() => void send("others")}>
        Sign out everywhere else
      </Button>
    ) : null;
  return (
    <Card
      title="Signed in on"
      hint="A device that is signed out can see what it has open for at most five minutes more."
      actions={others}
    >
      {trouble ? <Trouble onRetry={retry}>{trouble}</Trouble> : null}
      {refused ? <Trouble>{sentence(refused)}</Trouble> : null}
      {data || trouble ? null : <Skeleton className="h-16" />}
      <ul className="grid divide-y divide-line" aria-label="Devices">
        {sessions.map((session) => (
          <Row
            key={session.id}
            of={session}
            busy={under !== null && under !== "others" && under.id === session.id}
            onEnd={() => void send({ id: session.id })}
          />
        ))}
      </ul>
    </Card>
  );
}

function Row({ of, busy, onEnd }: { of: SessionRow; busy: boolean; onEnd: () => void }) {
  const device = of.device || "A program, or a device that does not say";
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-3 first:pt-0 last:pb-0">
      <MonitorSmartphone size={20} aria-hidden="true" className="shrink-0 text-muted" />
      <div className="min-w-0 grow basis-40">
        <p className="text-sm font-medium break-words" title={device}>
          {device}
        </p>
        <p className="text-sm text-muted">
          {of.current ? "This device" : `Last used ${ago(of.refreshedAt)}`} · signed in {ago(of.createdAt)}
        </p>
      </div>
      {of.current ? null : (
        <Button aria-label={`Sign out ${device}, last used ${ago(of.refreshedAt)}`} busy={busy} onClick={onEnd}>
          Sign out
        </Button>
      )}
    </li>
  );
}

async function end(client: Client, asked: Asked, key: string): Promise<void> {
  if (asked === "others") await command(client, LOG_OUT_EVERYWHERE, { keepCurrent: true, key }, "logOutEverywhere");
  else await command(client, REVOKE_SESSION, { id: asked.id, key }, "revokeSession");
}
