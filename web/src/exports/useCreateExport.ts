/** Asks for an export in a format. */

import { useClient } from "urql";
import { command } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import { CREATE_EXPORT } from "./queries.js";

export function useCreateExport(run: string, onCreated: () => void) {
  const client = useClient();
  const { send, under, trouble } = useCommand(
    (format: string, key) => command(client, CREATE_EXPORT, { run, format, key }, "createExport"),
    onCreated,
  );
  return { create: send, busy: under, refused: trouble };
}
