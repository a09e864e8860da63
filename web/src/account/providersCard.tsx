/** Accounts at other providers by which one signs in too; absent where none is set up or linked. */

import { useClient } from "urql";
import { useSearch } from "wouter";
import { command, sentence } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { Trouble } from "../ui/states.js";
import { linkAddress, nameOf } from "./doors.js";
import { UNLINK_PROVIDER } from "./queries.js";
import { useProviders } from "./useProviders.js";

interface Asked {
  readonly provider: string;
  readonly link: boolean;
}

export function ProvidersCard({ linked }: { linked: readonly string[] }) {
  const client = useClient();
  const known = useProviders();
  const just = new URLSearchParams(useSearch()).get("linked");
  const { send, under, trouble } = useCommand(async ({ provider, link }: Asked, key) => {
    if (link) location.assign(await linkAddress(provider));
    else await command(client, UNLINK_PROVIDER, { provider, key }, "unlinkProvider");
  });
  const all = [...new Set([...linked, ...known])].sort();
  if (all.length === 0) return null;
  return (
    <Card title="Other ways to sign in" hint="With a linked account you need no password here.">
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
      <p role="status" className="text-sm text-good empty:hidden">
        {just && linked.includes(just) ? `${nameOf(just)} is linked.` : ""}
      </p>
      <ul className="grid divide-y divide-line" aria-label="Providers">
        {all.map((provider) => {
          const link = !linked.includes(provider);
          return (
            <li key={provider} className="flex items-center gap-3 py-2 first:pt-0 last:pb-0">
              <span className="grow text-sm font-medium">{nameOf(provider)}</span>
              <Button
                aria-label={`${link ? "Link" : "Unlink"} ${nameOf(provider)}`}
                busy={under?.provider === provider}
                onClick={() => void send({ provider, link })}
              >
                {link ? "Link" : "Unlink"}
              </Button>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
