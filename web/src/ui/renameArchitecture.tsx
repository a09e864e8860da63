/** Asks for another name of an architecture, and gives it that. */

import { useClient } from "urql";
import { graphql } from "../gateway/graphql.js";
import { command } from "../gateway/outcome.js";
import { NameDialog } from "./nameDialog.js";

const RENAME = graphql(`
  mutation RenameArchitecture($id: ID!, $name: String!, $key: String!) {
    renameArchitecture(id: $id, name: $name, key: $key) {
      __typename
      ... on Architecture { id name }
      ... on Refusal { code message field }
    }
  }
`);

interface Props {
  readonly id: string;
  readonly name: string;
  readonly onNamed?: (name: string) => void;
  readonly onClose: () => void;
}

export function RenameArchitecture({ id, name, onNamed, onClose }: Props) {
  const client = useClient();
  const rename = async (wanted: string, key: string) => {
    const renamed = await command(client, RENAME, { id, name: wanted, key }, "renameArchitecture");
    onNamed?.(renamed.name);
    onClose();
  };
  return (
    <NameDialog title="Rename the architecture" initial={name} action="Rename" onName={rename} onClose={onClose} />
  );
}
