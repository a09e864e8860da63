/** The ways in beside the password's form, where any is set up. */

import { useSearch } from "wouter";
import { settle } from "../gateway/leaving.js";
import { Button } from "../ui/button.js";
import { Trouble } from "../ui/states.js";
import { nameOf, troubleIn } from "./doors.js";
import { useProviders } from "./useProviders.js";

export default function ProviderButtons() {
  const known = useProviders();
  const trouble = troubleIn(useSearch());
  return (
    <>
      {trouble ? <Trouble>{trouble}</Trouble> : null}
      {known.length ? (
        <div className="grid gap-3">
          <p className="flex items-center gap-3 text-xs text-muted before:h-px before:grow before:bg-line after:h-px after:grow after:bg-line">
            or
          </p>
          {known.map((provider) => (
            <Button key={provider} className="sm:min-h-11" onClick={() => void go(provider)}>
              Continue with {nameOf(provider)}
            </Button>
          ))}
        </div>
      ) : null}
    </>
  );
}

/** A session that is still to be ended ends first: its cookie is the new one's too. */
async function go(provider: string): Promise<void> {
  await settle();
  location.assign(`/auth/oauth/${provider}/start`);
}
