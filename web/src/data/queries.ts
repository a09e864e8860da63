/** What this room asks the gateway: datasets, their versions, uploads. */

import { graphql } from "../gateway/graphql.js";

/** So that an empty list, too, is asked for again once there is a dataset. */
export const OF_DATASETS = { additionalTypenames: ["Dataset", "DatasetVersion"] };

export const DATASETS = graphql(`
  query DatasetsOfProject($project: ID!) {
    datasets(projectId: $project, first: 50) {
      nodes {
        id name builtin kind latestVersion
        versions { number state rows classes failure progress { stage done total } faultCounts { code count } }
      }
      nextPageToken
    }
  }
`);

export const VERSION = graphql(`
  query DatasetVersionShown($dataset: ID!, $number: Int!) {
    datasetVersion(datasetId: $dataset, number: $number) {
      number state failure rows classes classCounts trainRows validationRows testRows inputShape statistics bytes
      createdAt givenSplits
      split { train validation test seed }
      source { kind filename bytes sha256 }
      options {
        skipPerMille
        images { height width channels fit }
        table { target delimiter columns { name kind } missing categories keepScale }
      }
      progress { stage done total }
      faultCounts { code count }
      faults { code reason path row column }
      previews { label url }
    }
  }
`);

export const START_UPLOAD = graphql(`
  mutation StartUpload($project: ID!, $filename: String!, $kind: SourceKind!, $bytes: BigInt!, $key: String!) {
    startUpload(projectId: $project, filename: $filename, kind: $kind, bytes: $bytes, key: $key) {
      __typename
      ... on UploadPlace { uploadId url fields { name value } }
      ... on Refusal { code message field }
    }
  }
`);

export const MAKE_UPLOADED = graphql(`
  mutation MakeUploaded(
    $project: ID!, $upload: ID!, $name: String!, $split: SplitInput!, $options: IngestOptionsInput!, $key: String!
  ) {
    createDataset(projectId: $project, uploadId: $upload, name: $name, split: $split, options: $options, key: $key) {
      __typename
      ... on Dataset { id }
      ... on Refusal { code message field }
    }
  }
`);

export const MAKE_AGAIN = graphql(`
  mutation MakeAgain($dataset: ID!, $split: SplitInput!, $options: IngestOptionsInput!, $key: String!) {
    createDatasetVersion(datasetId: $dataset, split: $split, options: $options, key: $key) {
      __typename
      ... on DatasetVersion { number }
      ... on Refusal { code message field }
    }
  }
`);

export const CANCEL = graphql(`
  mutation CancelVersion($dataset: ID!, $number: Int!, $key: String!) {
    cancelDatasetVersion(datasetId: $dataset, number: $number, key: $key) {
      __typename
      ... on DatasetVersion { number }
      ... on Refusal { code message field }
    }
  }
`);
