/** Giving the drawing another name, on the server; the drawing hears of it as of all that happens there. */

import { useClient } from "urql";
import type { Drawing } from "../canvas/drawing.js";
import { graphql } from "../gateway/graphql.js";
import { newKey } from "../gateway/keys.js";
import { command, sentence } from "../gateway/outcome.js";

const RENAME = graphql(`
  mutation RenameDrawing($id: ID!, $name: String!, $key: String!) {
    renameArchitecture(id: $id, name: $name, key: $key) {
      __typename
      ... on Architecture { id name }
      ... on Refusal { code message field }
    }
  }
`);

/** A function that gives what is wrong with a name, null where it was taken. */
export function useRenameDrawing(drawing: Drawing): (name: string) => Promise<string | null> {
  const client = useClient();
  const keys = new Map<string, string>();
  return async (name) => {
    const key = keys.get(name) ?? newKey();
    keys.set(name, key);
    try {
      const renamed = await command(client, RENAME, { id: drawing.id, name, key }, "renameArchitecture");
      drawing.state.setState({ name: renamed.name });
      return null;
    } catch (error) {
      return sentence(error);
    }
  };
}
