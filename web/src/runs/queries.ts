/** What the pages of runs ask the gateway. */

import { graphql, type ResultOf } from "../gateway/graphql.js";

const RUN_FIELDS = graphql(`
  fragment RunFields on Run {
    __typename id projectId name architectureId architectureVersion datasetId datasetVersion device state attempt reason
    cancelRequested createdAt startedAt finishedAt createdBy deviceMilliseconds limitMilliseconds
    bestValidationAccuracy bestEpoch testAccuracy
    options {
      epochs batchSize learningRate weightDecay optimizer scheduler warmupEpochs clipNorm labelSmoothing seed precision
    }
    progress { epoch epochs step steps seconds remainingSeconds samplesPerSecond }
  }
`);

export const PROGRESS = graphql(
  `subscription RunProgress($id: ID!) {
    runProgress(runId: $id) {
      __typename
      ... on Run { ...RunFields }
      ... on RunMetrics { attempt sequence points { series steps values } }
      ... on RunLog { lines { number at level text attempt } }
      ... on Progress { epoch epochs step steps seconds remainingSeconds samplesPerSecond }
    }
  }`,
  [RUN_FIELDS],
);

export const RUN = graphql(`query Run($id: ID!) { run(id: $id) { ...RunFields } }`, [RUN_FIELDS]);

/** Asked for by itself: it is large, and only there at the end. */
export const EVALUATION = graphql(`query RunEvaluation($id: ID!) { run(id: $id) { id evaluation } }`);

export const METRICS = graphql(`
  query RunMetrics($id: ID!, $series: [String!], $points: Int!) {
    run(id: $id) { id metrics(series: $series, points: $points) { name totalPoints steps values maxima } }
  }
`);

export const LOGS = graphql(`
  query RunLogs($id: ID!, $after: BigInt, $first: Int!) {
    run(id: $id) { id logs(after: $after, first: $first) { number at level text attempt } }
  }
`);

export const CHECKPOINTS = graphql(`
  query RunCheckpoints($id: ID!) {
    run(id: $id) {
      id
      checkpoints {
        kind epoch step validationAccuracy loss createdAt attempt
        files { name url bytes sha256 }
      }
    }
  }
`);

export const REPRODUCTION = graphql(`
  query RunReproduction($id: ID!) { run(id: $id) { id reproduction { record document } } }
`);

/** What a run was made of, by name. */
export const ORIGIN = graphql(`
  query RunOrigin($architecture: ID!, $dataset: ID!, $people: [ID!]!) {
    architecture(id: $architecture) { id name }
    dataset(id: $dataset) { id name }
    people(ids: $people) { id name }
  }
`);

export const CANCEL = graphql(
  `mutation CancelRun($id: ID!, $key: String!) {
    cancelRun(id: $id, key: $key) {
      __typename
      ... on Run { ...RunFields }
      ... on Refusal { code message field }
    }
  }`,
  [RUN_FIELDS],
);

export const RUNS = graphql(
  `query Runs(
    $project: ID!, $states: [RunState!], $query: String!, $architecture: ID, $order: RunOrder!, $descending: Boolean!,
    $first: Int!, $after: String!
  ) {
    runs(
      projectId: $project, states: $states, query: $query, architectureId: $architecture, orderBy: $order,
      descending: $descending, first: $first, after: $after
    ) { nodes { ...RunFields } nextPageToken }
  }`,
  [RUN_FIELDS],
);

export const PROJECT = graphql(`
  query RunsProject($project: ID!) {
    project(id: $project) { id name }
    architectures(projectId: $project, first: 100) { nodes { id name } }
    datasets(projectId: $project, first: 100) { nodes { id name } }
  }
`);

export type Run = ResultOf<typeof RUN_FIELDS>;
export type Update = ResultOf<typeof PROGRESS>["runProgress"];
export type LogLine = Extract<Update, { __typename: "RunLog" }>["lines"][number];
export type Progress = Omit<Extract<Update, { __typename: "Progress" }>, "__typename">;
export type State = Run["state"];

const OVER: ReadonlySet<State> = new Set(["COMPLETED", "FAILED", "CANCELLED"]);

export function isOver(state: State): boolean {
  return OVER.has(state);
}
