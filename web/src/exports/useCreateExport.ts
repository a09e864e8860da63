/** Asks for an export: once, however often it is pressed until an answer comes. */

import { useRef, useState } from "react";
import { useClient } from "urql";
import { newKey } from "../gateway/keys.js";
import { command, Refusal } from "../gateway/outcome.js";
import { CREATE_EXPORT } from "./queries.js";

export function useCreateExport(run: string, onCreated: () => void) {
  const client = useClient();
  const keys = useRef(new Map<string, string>());
  const [busy, setBusy] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const create = async (format: string) => {
    const key = keys.current.get(format) ?? newKey();
    keys.current.set(format, key);
    setBusy(format);
    setRefusal(null);
    try {
      await command(client, CREATE_EXPORT, { run, format, key }, "createExport");
      keys.current.delete(format);
      onCreated();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!error.retry) keys.current.delete(format);
      setRefusal(error);
    } finally {
      setBusy(null);
    }
  };
  return { create, busy, refusal };
}
