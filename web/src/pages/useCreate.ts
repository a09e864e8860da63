/** Makes an architecture in a project and opens it; sent again with the same content it is made once. */

import { useRef, useState } from "react";
import { useClient } from "urql";
import { useLocation } from "wouter";
import type { Plain } from "../gateway/graphql.js";
import { newKey } from "../gateway/keys.js";
import { command } from "../gateway/outcome.js";
import { useRetry } from "../gateway/useRetry.js";
import { CREATE_ARCHITECTURE } from "./queries.js";
import type { Values } from "./templateForm.js";
import { isUnreachable } from "./useAnswer.js";

export interface Beginning {
  readonly name: string;
  readonly template?: { readonly name: string; readonly parameters: Values };
  readonly document?: Plain;
}

export function useCreate(project: string) {
  const client = useClient();
  const [, go] = useLocation();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<unknown>(null);
  const last = useRef<{ beginning: Beginning; content: string; key: string } | null>(null);
  const create = async (beginning: Beginning) => {
    const content = JSON.stringify(beginning);
    if (last.current?.content !== content) last.current = { beginning, content, key: newKey() };
    const { name, template = null, document = null } = beginning;
    setBusy(true);
    setTrouble(null);
    const variables = { project, name, template, document, key: last.current.key };
    try {
      const { id } = await command(client, CREATE_ARCHITECTURE, variables, "createArchitecture");
      go(`/architectures/${id}`);
    } catch (error) {
      setTrouble(error);
      setBusy(false);
    }
  };
  useRetry(isUnreachable(trouble), () => last.current && create(last.current.beginning));
  return { create, busy, trouble };
}
