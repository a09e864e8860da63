/** What the pages of projects ask and tell the gateway. */

import { graphql, type ResultOf } from "../gateway/graphql.js";

/** Lists that were empty are read again too, after a command that made the first of their things. */
export const OF_PROJECTS = { additionalTypenames: ["Project"] };
export const OF_ARCHITECTURES = { additionalTypenames: ["Architecture"] };

export const PROJECTS = graphql(`
  query Projects($query: String!, $order: ProjectOrder!, $first: Int!, $after: String!) {
    projects(query: $query, orderBy: $order, first: $first, after: $after) {
      nodes { id name createdAt }
      nextPageToken
    }
  }
`);

/** What a project's card tells; "newest" is by when it was made. */
export const CONTENT = graphql(`
  query ProjectContent($id: ID!, $most: Int!) {
    newest: architectures(projectId: $id, first: 1) { nodes { id document } }
    architectures(projectId: $id, first: $most) { nodes { id updatedAt } nextPageToken }
    runs(projectId: $id, first: $most) { nodes { id createdAt finishedAt } nextPageToken }
  }
`);

export const CREATE_PROJECT = graphql(`
  mutation CreateProject($name: String!, $key: String!) {
    createProject(name: $name, key: $key) {
      __typename
      ... on Project { id name }
      ... on Refusal { code message field }
    }
  }
`);

export const RENAME_PROJECT = graphql(`
  mutation RenameProject($id: ID!, $name: String!, $key: String!) {
    renameProject(id: $id, name: $name, key: $key) {
      __typename
      ... on Project { id name }
      ... on Refusal { code message field }
    }
  }
`);

export const PROJECT = graphql(`
  query Project($id: ID!) {
    project(id: $id) { id name createdAt }
  }
`);

export const ARCHITECTURES = graphql(`
  query Architectures($project: ID!, $first: Int!, $after: String!) {
    architectures(projectId: $project, first: $first, after: $after) {
      nodes { id name revision latestVersion updatedAt }
      nextPageToken
    }
  }
`);

export const DOCUMENT = graphql(`
  query ArchitectureDocument($id: ID!) {
    architecture(id: $id) { id document }
  }
`);

export const RECENT_RUNS = graphql(`
  query RecentRuns($project: ID!, $first: Int!) {
    runs(projectId: $project, first: $first) {
      nodes {
        id name state testAccuracy bestValidationAccuracy createdAt finishedAt
        progress { epoch epochs remainingSeconds }
      }
      nextPageToken
    }
  }
`);

export const TEMPLATES = graphql(`
  query Templates {
    templates { name title summary parameters }
  }
`);

export const TEMPLATE_PICTURE = graphql(`
  query TemplatePicture($template: TemplateChoice!) {
    templatePreview(template: $template) { document }
  }
`);

export const TEMPLATE_PREVIEW = graphql(`
  query TemplatePreview($template: TemplateChoice!) {
    templatePreview(template: $template) { document analysis }
  }
`);

export const CREATE_ARCHITECTURE = graphql(`
  mutation CreateArchitecture(
    $project: ID!, $name: String!, $template: TemplateChoice, $document: JSON, $key: String!
  ) {
    createArchitecture(projectId: $project, name: $name, template: $template, document: $document, key: $key) {
      __typename
      ... on Architecture { id name }
      ... on Refusal { code message field }
    }
  }
`);

export type ProjectRow = ResultOf<typeof PROJECTS>["projects"]["nodes"][number];
export type ArchitectureRow = ResultOf<typeof ARCHITECTURES>["architectures"]["nodes"][number];
export type RecentRun = ResultOf<typeof RECENT_RUNS>["runs"]["nodes"][number];
export type TemplateRow = ResultOf<typeof TEMPLATES>["templates"][number];
export type TemplatePreview = ResultOf<typeof TEMPLATE_PREVIEW>["templatePreview"];
