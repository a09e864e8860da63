/** Starting a run; another wish than the one that was sent is not started in its place. */

import { useEffect } from "react";
import { useClient } from "urql";
import type { VariablesOf } from "../gateway/graphql.js";
import { command } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import { START } from "./queries.js";

export type Wanted = Omit<VariablesOf<typeof START>, "key">;

export function useStart(wanted: Wanted | null, onStarted: (id: string) => void) {
  const client = useClient();
  const { send, drop, busy, trouble } = useCommand(
    (wanted: Wanted, key) => command(client, START, { ...wanted, key }, "startRun"),
    ({ id }) => onStarted(id),
  );
  const content = JSON.stringify(wanted);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was refused was another wish; what is under way stands.
  useEffect(() => {
    if (!busy) drop();
  }, [content]);
  return { start: () => wanted && send(wanted), busy, trouble };
}
