/** What the export page asks the gateway. */

import { graphql, type ResultOf } from "../gateway/graphql.js";

const EXPORT_FIELDS = graphql(`
  fragment ExportFields on Export {
    __typename id format state stage reason bytes sha256 createdAt finishedAt report
    validation { samples maxAbsDiff tolerance argmaxMismatches minCosine }
    download { name url bytes sha256 }
  }
`);

export const EXPORTS = graphql(
  `query Exports($run: ID!, $first: Int!, $after: String!) {
    exports(runId: $run, first: $first, after: $after) { nodes { ...ExportFields } nextPageToken }
  }`,
  [EXPORT_FIELDS],
);

export const EXPORTED_RUN = graphql(`
  query ExportedRun($id: ID!) {
    run(id: $id) { id name projectId state bestEpoch bestValidationAccuracy testAccuracy }
    formats { name title extension }
  }
`);

export const CREATE_EXPORT = graphql(
  `mutation CreateExport($run: ID!, $format: String!, $key: String!) {
    createExport(runId: $run, format: $format, key: $key) {
      __typename
      ... on Export { ...ExportFields }
      ... on Refusal { code message field }
    }
  }`,
  [EXPORT_FIELDS],
);

export type Export = ResultOf<typeof EXPORT_FIELDS>;
export type Format = ResultOf<typeof EXPORTED_RUN>["formats"][number];
export type ExportedRun = NonNullable<ResultOf<typeof EXPORTED_RUN>["run"]>;

export function isGoing({ state }: Pick<Export, "state">): boolean {
  return state === "QUEUED" || state === "RUNNING";
}
