/** Saving what is drawn as a version, so that it can be trained. */

import { useRef, useState } from "react";
import { useClient } from "urql";
import { newKey } from "../gateway/keys.js";
import { command, sentence } from "../gateway/outcome.js";
import { type Network, SAVE } from "./queries.js";

export function useSave({ id, revision }: Network, onSaved: (number: number) => void) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const sent = useRef({ revision: "", key: "" });
  const save = async () => {
    if (sent.current.revision !== revision) sent.current = { revision, key: newKey() };
    setBusy(true);
    setProblem(null);
    try {
      onSaved((await command(client, SAVE, { id, revision, key: sent.current.key }, "saveVersion")).number);
    } catch (error) {
      setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  return { save, busy, problem };
}
