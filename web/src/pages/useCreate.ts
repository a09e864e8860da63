/** Makes an architecture in a project and opens it; sent again with the same content it is made once. */

import { useClient } from "urql";
import { useLocation } from "wouter";
import type { Plain } from "../gateway/graphql.js";
import { command } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import { CREATE_ARCHITECTURE } from "./queries.js";
import type { Values } from "./templateForm.js";

export interface Beginning {
  readonly name: string;
  readonly template?: { readonly name: string; readonly parameters: Values };
  readonly document?: Plain;
}

export function useCreate(project: string) {
  const client = useClient();
  const [, go] = useLocation();
  const { send, busy, trouble } = useCommand(
    ({ name, template, document }: Beginning, key) => {
      const variables = { project, name, template: template ?? null, document: document ?? null, key };
      return command(client, CREATE_ARCHITECTURE, variables, "createArchitecture");
    },
    ({ id }) => go(`/architectures/${id}`),
  );
  return { create: send, busy, trouble };
}
