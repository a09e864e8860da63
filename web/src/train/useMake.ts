/** Makes data to train on: a new dataset, or another version of one. */

import { useClient } from "urql";
import type { VariablesOf } from "../gateway/graphql.js";
import { command } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import type { Chosen } from "./data.js";
import { MAKE_DATA, MAKE_VERSION } from "./queries.js";

interface Asked {
  /** The dataset that gets another version, empty for a new one. */
  readonly into: string;
  readonly source: string;
  readonly name: string;
  readonly split: VariablesOf<typeof MAKE_DATA>["split"];
}

export function useMake(project: string, onMade: (made: Chosen) => void) {
  const client = useClient();
  const version = async (dataset: string, split: Asked["split"], key: string): Promise<Chosen> => {
    const made = await command(client, MAKE_VERSION, { dataset, split, key }, "createDatasetVersion");
    return { dataset: made.datasetId, version: made.number };
  };
  const dataset = async ({ source, name, split }: Asked, key: string): Promise<Chosen> => {
    const variables = { project, builtin: source, name, split, key };
    return { dataset: (await command(client, MAKE_DATA, variables, "createDataset")).id, version: 1 };
  };
  const { send, ...rest } = useCommand(
    (asked: Asked, key) => (asked.into ? version(asked.into, asked.split, key) : dataset(asked, key)),
    onMade,
  );
  return { make: send, ...rest };
}
