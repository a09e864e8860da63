/** Saving what is drawn as a version, so that it can be trained. */

import { useClient } from "urql";
import { command } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import { type Architecture, SAVE } from "./queries.js";

export function useSave({ id, revision }: Architecture, onSaved: (number: number) => void) {
  const client = useClient();
  const { send, busy, trouble } = useCommand(
    (revision: string, key) => command(client, SAVE, { id, revision, key }, "saveVersion"),
    ({ number }) => onSaved(number),
  );
  return { save: () => send(revision), busy, trouble };
}
