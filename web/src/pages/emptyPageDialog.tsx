/** An architecture on an empty page: only its name is asked for. */

import { useClient } from "urql";
import { useLocation } from "wouter";
import { command } from "../gateway/outcome.js";
import { NameDialog } from "../ui/nameDialog.js";
import { CREATE_ARCHITECTURE } from "./queries.js";

export function EmptyPageDialog({ project, onClose }: { project: string; onClose: () => void }) {
  const client = useClient();
  const [, go] = useLocation();
  const create = async (name: string, key: string) => {
    const variables = { project, name, template: null, document: null, key };
    const { id } = await command(client, CREATE_ARCHITECTURE, variables, "createArchitecture");
    go(`/architectures/${id}`);
  };
  return <NameDialog title="New architecture" action="Create" onName={create} onClose={onClose} />;
}
