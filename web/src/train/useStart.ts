/** Starting a run: once, however often it is pressed until an answer comes. */

import { useRef, useState } from "react";
import { useClient } from "urql";
import type { VariablesOf } from "../gateway/graphql.js";
import { newKey } from "../gateway/keys.js";
import { command, Refusal } from "../gateway/outcome.js";
import { START } from "./queries.js";

export type Wanted = Omit<VariablesOf<typeof START>, "key">;

export function useStart(onStarted: (id: string) => void) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const sent = useRef({ wanted: "", key: "" });
  const start = async (wanted: Wanted) => {
    const asked = JSON.stringify(wanted);
    if (sent.current.wanted !== asked) sent.current = { wanted: asked, key: newKey() };
    setBusy(true);
    setRefusal(null);
    try {
      onStarted((await command(client, START, { ...wanted, key: sent.current.key }, "startRun")).id);
      sent.current = { wanted: "", key: "" };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!error.retry) sent.current = { wanted: "", key: "" };
      setRefusal(error);
    } finally {
      setBusy(false);
    }
  };
  return { start, busy, refusal };
}
