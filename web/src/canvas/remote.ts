/** What the gateway does for a drawing: read it, apply edits to it, save versions of it, tell of others' edits. */

import { client } from "../gateway/client.js";
import { graphql, type Plain } from "../gateway/graphql.js";
import { command, refusalOf } from "../gateway/outcome.js";

/** A drawing as the server has it. */
export interface Whole {
  readonly projectId: string;
  readonly name: string;
  readonly revision: number;
  readonly latestVersion: number;
  readonly document: Plain;
}

/** What happens to a drawing, wherever it happens. */
export type Heard =
  | { readonly kind: "whole"; readonly whole: Whole }
  | { readonly kind: "edits"; readonly revision: number; readonly edits: Plain }
  | { readonly kind: "version"; readonly number: number };

export interface Remote {
  /** Null where there is none for this person. Throws Refusal. */
  load(id: string): Promise<Whole | null>;
  /** The revision the edits led to. Throws Refusal. */
  apply(id: string, edits: Plain, base: number, key: string): Promise<number>;
  /** The number of the version. Throws Refusal. */
  save(id: string, message: string, revision: number, key: string): Promise<number>;
  /** Tells what happens from now on, beginning with the whole; gives the means to stop. */
  listen(id: string, hear: (heard: Heard) => void): () => void;
}

const LOAD = graphql(`
  query Drawing($id: ID!) {
    architecture(id: $id) { projectId name revision latestVersion document }
  }
`);

const APPLY = graphql(`
  mutation ApplyEdits($id: ID!, $edits: JSON!, $base: BigInt!, $key: String!) {
    applyEdits(architectureId: $id, edits: $edits, baseRevision: $base, key: $key) {
      __typename
      ... on Architecture { id revision }
      ... on Refusal { code message field }
    }
  }
`);

const SAVE = graphql(`
  mutation SaveVersion($id: ID!, $message: String!, $revision: BigInt!, $key: String!) {
    saveVersion(architectureId: $id, message: $message, revision: $revision, key: $key) {
      __typename
      ... on Version { architectureId number }
      ... on Refusal { code message field }
    }
  }
`);

const LISTEN = graphql(`
  subscription DrawingEdits($id: ID!) {
    architectureEdits(architectureId: $id) {
      __typename
      ... on Architecture { projectId name revision latestVersion document }
      ... on EditsApplied { revision edits }
      ... on VersionSaved { number }
    }
  }
`);

type Found = Omit<Whole, "revision"> & { readonly revision: string };

export const remote: Remote = {
  async load(id) {
    const { data, error } = await client.query(LOAD, { id }, { requestPolicy: "network-only" }).toPromise();
    if (data?.architecture) return whole(data.architecture);
    if (error && refusalOf(error).code !== "NOT_FOUND") throw refusalOf(error);
    return null;
  },
  async apply(id, edits, base, key) {
    const { revision } = await command(client, APPLY, { id, edits, base: String(base), key }, "applyEdits");
    return Number(revision);
  },
  async save(id, message, revision, key) {
    const variables = { id, message, revision: String(revision), key };
    return (await command(client, SAVE, variables, "saveVersion")).number;
  },
  listen(id, hear) {
    const { unsubscribe } = client.subscription(LISTEN, { id }).subscribe(({ data }) => {
      const update = data?.architectureEdits;
      if (update?.__typename === "Architecture") hear({ kind: "whole", whole: whole(update) });
      if (update?.__typename === "EditsApplied")
        hear({ kind: "edits", revision: Number(update.revision), edits: update.edits });
      if (update?.__typename === "VersionSaved") hear({ kind: "version", number: update.number });
    });
    return unsubscribe;
  },
};

function whole(found: Found): Whole {
  return { ...found, revision: Number(found.revision) };
}
