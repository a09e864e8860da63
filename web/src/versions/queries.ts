/** What the pages of versions ask the gateway. */

import { graphql, type ResultOf } from "../gateway/graphql.js";

export const VERSIONS = graphql(`
  query Versions($id: ID!, $first: Int!, $after: String!) {
    versions(architectureId: $id, first: $first, after: $after) {
      nodes { number message author createdAt params macs revision }
      nextPageToken
    }
  }
`);

export type Version = ResultOf<typeof VERSIONS>["versions"]["nodes"][number];

export const REVISIONS = graphql(`
  query Revisions($id: ID!, $after: String!) {
    revisions(architectureId: $id, first: 100, after: $after) {
      nodes { revision at author edits summary savedVersion { number message } }
      nextPageToken
    }
  }
`);

export const STATE = graphql(`
  query StateAt($id: ID!, $revision: BigInt) {
    architecture(id: $id, revision: $revision) { id revision name document }
  }
`);

export const VERSION_STATE = graphql(`
  query VersionState($id: ID!, $number: Int!) {
    version(architectureId: $id, number: $number) { number message author createdAt revision document }
  }
`);

export const ABOUT = graphql(`
  query AboutArchitecture($id: ID!) {
    architecture(id: $id) { id name projectId revision latestVersion originArchitectureId originVersion }
  }
`);

export const PEOPLE = graphql(`
  query People($ids: [ID!]!) { people(ids: $ids) { id name } }
`);

export const BLAME = graphql(`
  query Blame($id: ID!, $version: Int!) { blame(architectureId: $id, version: $version) }
`);

export const PROJECTS = graphql(`
  query ProjectsToForkTo { projects(first: 200, orderBy: NAME) { nodes { id name } } }
`);

export const RELATIVES = graphql(`
  query Relatives($projectId: ID!) {
    architectures(projectId: $projectId, first: 200) {
      nodes { id name latestVersion originArchitectureId originVersion }
    }
  }
`);

export type Relative = ResultOf<typeof RELATIVES>["architectures"]["nodes"][number];

export const FORK = graphql(`
  mutation Fork($id: ID!, $version: Int!, $projectId: ID!, $name: String!, $key: String!) {
    forkArchitecture(architectureId: $id, version: $version, projectId: $projectId, name: $name, key: $key) {
      __typename
      ... on Architecture { id }
      ... on Refusal { code message field }
    }
  }
`);

export const COPY = graphql(`
  mutation CopyState($projectId: ID!, $name: String!, $document: JSON!, $key: String!) {
    createArchitecture(projectId: $projectId, name: $name, document: $document, key: $key) {
      __typename
      ... on Architecture { id }
      ... on Refusal { code message field }
    }
  }
`);

export const SOURCE = graphql(`
  query Source($id: ID!, $version: Int!) {
    source(architectureId: $id, version: $version)
    version(architectureId: $id, number: $version) { number message createdAt document }
  }
`);

export const PREVIEW = graphql(`
  query PreviewMerge($id: ID!, $source: MergeSource!) {
    mergePreview(architectureId: $id, source: $source) {
      edits conflicts baseArchitectureId baseVersion
    }
  }
`);

export const MERGE = graphql(`
  mutation Merge($id: ID!, $source: MergeSource!, $base: BigInt!, $keepOurs: Boolean!, $key: String!) {
    mergeArchitecture(architectureId: $id, source: $source, baseRevision: $base, keepOurs: $keepOurs, key: $key) {
      __typename
      ... on Merged { conflicts architecture { id revision } }
      ... on Refusal { code message field }
    }
  }
`);
