/** What the train page asks the gateway. */

import { graphql, type ResultOf } from "../gateway/graphql.js";

export const ARCHITECTURE = graphql(`
  query TrainArchitecture($id: ID!) {
    architecture(id: $id) { id name projectId latestVersion revision document }
    versions(architectureId: $id, first: 100) {
      nodes { number message createdAt params macs revision contentHash }
    }
  }
`);

const DATA_FIELDS = graphql(`
  fragment DataFields on Dataset {
    __typename id name builtin latestVersion
    versions {
      __typename number state failure rows classes inputShape createdAt
      split { train validation test seed }
    }
  }
`);

export const DATA = graphql(
  `query TrainData($project: ID!) {
    datasets(projectId: $project, first: 100) { nodes { ...DataFields } }
    builtins { name title summary rows classes inputShape }
  }`,
  [DATA_FIELDS],
);

export const MACHINES = graphql(`
  query TrainMachines {
    devices { name kind slots freeSlots memoryBytes }
    usage {
      periodEnd
      plan { title microDollarsPerRun allowances { deviceKind millisecondsPerMonth microDollarsPerHour } }
      devices { deviceKind remainingMilliseconds }
    }
  }
`);

export const ESTIMATE = graphql(`
  query Estimate(
    $architectureId: ID!, $architectureVersion: Int!, $datasetId: ID!, $datasetVersion: Int!,
    $options: TrainingOptionsInput, $device: String!, $limitMilliseconds: BigInt
  ) {
    estimateRun(
      architectureId: $architectureId, architectureVersion: $architectureVersion, datasetId: $datasetId,
      datasetVersion: $datasetVersion, options: $options, device: $device, limitMilliseconds: $limitMilliseconds
    ) { seconds deviceMilliseconds microDollars basis remainingMilliseconds sufficient refusal }
  }
`);

export const SAVE = graphql(`
  mutation SaveToTrain($id: ID!, $revision: BigInt!, $key: String!) {
    saveVersion(architectureId: $id, message: "", revision: $revision, key: $key) {
      __typename
      ... on Version { number }
      ... on Refusal { code message field }
    }
  }
`);

export const START = graphql(`
  mutation StartRun(
    $architectureId: ID!, $architectureVersion: Int!, $datasetId: ID!, $datasetVersion: Int!,
    $options: TrainingOptionsInput, $device: String!, $limitMilliseconds: BigInt, $name: String!, $key: String!
  ) {
    startRun(
      architectureId: $architectureId, architectureVersion: $architectureVersion, datasetId: $datasetId,
      datasetVersion: $datasetVersion, options: $options, device: $device, limitMilliseconds: $limitMilliseconds,
      name: $name, key: $key
    ) {
      __typename
      ... on Run { id }
      ... on Refusal { code message field }
    }
  }
`);

export const MAKE_DATA = graphql(
  `mutation MakeData($project: ID!, $builtin: String!, $name: String!, $split: SplitInput, $key: String!) {
    createDataset(projectId: $project, builtin: $builtin, name: $name, split: $split, key: $key) {
      __typename
      ... on Dataset { ...DataFields }
      ... on Refusal { code message field }
    }
  }`,
  [DATA_FIELDS],
);

export const MAKE_VERSION = graphql(`
  mutation MakeDataVersion($dataset: ID!, $split: SplitInput, $key: String!) {
    createDatasetVersion(datasetId: $dataset, split: $split, key: $key) {
      __typename
      ... on DatasetVersion { datasetId number }
      ... on Refusal { code message field }
    }
  }
`);

export type Architecture = NonNullable<ResultOf<typeof ARCHITECTURE>["architecture"]>;
export type Version = ResultOf<typeof ARCHITECTURE>["versions"]["nodes"][number];
export type Dataset = ResultOf<typeof DATA_FIELDS>;
export type DataVersion = Dataset["versions"][number];
export type Builtin = ResultOf<typeof DATA>["builtins"][number];
export type Machines = ResultOf<typeof MACHINES>;
export type Device = Machines["devices"][number];
export type Estimate = ResultOf<typeof ESTIMATE>["estimateRun"];
