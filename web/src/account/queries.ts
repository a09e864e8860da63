/** What the account's page asks and tells the gateway. */

import { graphql, type ResultOf } from "../gateway/graphql.js";

/** Read again after a command that ended sessions or changed how one signs in. */
export const OF_SESSIONS = { additionalTypenames: ["Session", "OpenSessions", "Account"] };
export const OF_ACCOUNT = { additionalTypenames: ["Account"] };

export const ACCOUNT = graphql(`
  query Account {
    me { hasPassword providers user { id name email createdAt } }
  }
`);

export const SESSIONS = graphql(`
  query Sessions {
    sessions { id device createdAt refreshedAt current }
  }
`);

export const REVOKE_SESSION = graphql(`
  mutation RevokeSession($id: ID!, $key: String!) {
    revokeSession(id: $id, key: $key) {
      __typename
      ... on OpenSessions { sessions { id } }
      ... on Refusal { code message field }
    }
  }
`);

export const LOG_OUT_EVERYWHERE = graphql(`
  mutation LogOutEverywhere($keepCurrent: Boolean!, $key: String!) {
    logOutEverywhere(keepCurrent: $keepCurrent, key: $key) {
      __typename
      ... on OpenSessions { sessions { id } }
      ... on Refusal { code message field }
    }
  }
`);

export const CHANGE_PASSWORD = graphql(`
  mutation ChangePassword($present: String!, $new: String!, $key: String!) {
    changePassword(present: $present, new: $new, key: $key) {
      __typename
      ... on Account { hasPassword providers }
      ... on Refusal { code message field }
    }
  }
`);

export const UNLINK_PROVIDER = graphql(`
  mutation UnlinkProvider($provider: String!, $key: String!) {
    unlinkProvider(provider: $provider, key: $key) {
      __typename
      ... on Account { hasPassword providers }
      ... on Refusal { code message field }
    }
  }
`);

export const DELETION = graphql(`
  query AccountDeletion {
    accountDeletion { deletedProjects obstacles needsPassword left { id name } }
  }
`);

export const DELETE_ACCOUNT = graphql(`
  mutation DeleteAccount($password: String!, $key: String!) {
    deleteAccount(password: $password, key: $key) {
      __typename
      ... on AccountDeleted { id }
      ... on Refusal { code message field }
    }
  }
`);

export type SessionRow = ResultOf<typeof SESSIONS>["sessions"][number];
