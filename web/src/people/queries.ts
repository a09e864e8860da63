/** What the pages about people ask and tell the gateway. */

import { graphql, type ResultOf } from "../gateway/graphql.js";

/** Lists are read again after a command that made, changed or ended one of their things. */
export const OF_ORGANISATIONS = { additionalTypenames: ["Organisation", "Ended"] };
export const OF_MEMBERS = { additionalTypenames: ["Member", "Ended"] };
export const OF_USAGE = { additionalTypenames: ["Run"] };
export const OF_INVITATIONS = { additionalTypenames: ["Invitation", "SentInvitation", "Ended"] };
export const OF_KEYS = { additionalTypenames: ["ApiKey", "CreatedApiKey", "Ended"] };
export const OF_LINKS = { additionalTypenames: ["ShareLink", "CreatedShareLink", "Ended"] };

export const ORGANISATIONS = graphql(`
  query Organisations {
    organisations { id name role personal }
  }
`);

export const CREATE_ORGANISATION = graphql(`
  mutation CreateOrganisation($name: String!, $key: String!) {
    createOrganisation(name: $name, key: $key) {
      __typename
      ... on Organisation { id name }
      ... on Refusal { code message field }
    }
  }
`);

export const RENAME_ORGANISATION = graphql(`
  mutation RenameOrganisation($name: String!, $key: String!) {
    renameOrganisation(name: $name, key: $key) {
      __typename
      ... on Organisation { id name }
      ... on Refusal { code message field }
    }
  }
`);

export const LEAVE_ORGANISATION = graphql(`
  mutation LeaveOrganisation($key: String!) {
    leaveOrganisation(key: $key) {
      __typename
      ... on Ended { id }
      ... on Refusal { code message field }
    }
  }
`);

export const USAGE = graphql(`
  query OrganisationUsage {
    usage {
      periodEnd
      plan { title }
      devices { deviceKind meteredMilliseconds heldMilliseconds remainingMilliseconds meteredMicroDollars }
    }
  }
`);

export const MEMBERS = graphql(`
  query Members($first: Int!, $after: String!) {
    members(first: $first, after: $after) {
      nodes { id name email role joinedAt }
      nextPageToken
    }
  }
`);

export const CHANGE_ROLE = graphql(`
  mutation ChangeMemberRole($id: ID!, $role: Role!, $key: String!) {
    changeMemberRole(id: $id, role: $role, key: $key) {
      __typename
      ... on Member { id role }
      ... on Refusal { code message field }
    }
  }
`);

export const REMOVE_MEMBER = graphql(`
  mutation RemoveMember($id: ID!, $key: String!) {
    removeMember(id: $id, key: $key) {
      __typename
      ... on Ended { id }
      ... on Refusal { code message field }
    }
  }
`);

export const INVITATIONS = graphql(`
  query Invitations {
    invitations { id email role createdAt expiresAt }
  }
`);

export const INVITE = graphql(`
  mutation CreateInvitation($email: String!, $role: Role!, $key: String!) {
    createInvitation(email: $email, role: $role, key: $key) {
      __typename
      ... on SentInvitation { token mailed invitation { id email } }
      ... on Refusal { code message field }
    }
  }
`);

export const RESEND_INVITATION = graphql(`
  mutation ResendInvitation($id: ID!, $key: String!) {
    resendInvitation(id: $id, key: $key) {
      __typename
      ... on SentInvitation { token mailed invitation { id email } }
      ... on Refusal { code message field }
    }
  }
`);

export const REVOKE_INVITATION = graphql(`
  mutation RevokeInvitation($id: ID!, $key: String!) {
    revokeInvitation(id: $id, key: $key) {
      __typename
      ... on Ended { id }
      ... on Refusal { code message field }
    }
  }
`);

export const OFFER = graphql(`
  query InvitationOffer($token: String!) {
    invitation(token: $token) {
      organisationName inviter
      invitation { id email role expiresAt }
    }
  }
`);

export const ACCEPT_INVITATION = graphql(`
  mutation AcceptInvitation($token: String!, $key: String!) {
    acceptInvitation(token: $token, key: $key) {
      __typename
      ... on Organisation { id name }
      ... on Refusal { code message field }
    }
  }
`);

export const DECLINE_INVITATION = graphql(`
  mutation DeclineInvitation($token: String!, $key: String!) {
    declineInvitation(token: $token, key: $key) {
      __typename
      ... on Ended { id }
      ... on Refusal { code message field }
    }
  }
`);

export const KEYS = graphql(`
  query ApiKeys {
    apiKeys { id name role projectId userId createdAt expiresAt lastUsedAt }
  }
`);

export const CREATE_KEY = graphql(`
  mutation CreateApiKey($name: String!, $role: Role!, $project: ID, $days: Int!, $key: String!) {
    createApiKey(name: $name, role: $role, projectId: $project, days: $days, key: $key) {
      __typename
      ... on CreatedApiKey { secret apiKey { id name } }
      ... on Refusal { code message field }
    }
  }
`);

export const REVOKE_KEY = graphql(`
  mutation RevokeApiKey($id: ID!, $key: String!) {
    revokeApiKey(id: $id, key: $key) {
      __typename
      ... on Ended { id }
      ... on Refusal { code message field }
    }
  }
`);

export const PROJECT_NAMES = graphql(`
  query ProjectNames {
    projects(orderBy: NAME, first: 200) { nodes { id name } }
  }
`);

export const SHARING = graphql(`
  query Sharing($project: ID!) {
    project(id: $project) { id visibility createdBy }
    shareLinks(projectId: $project) { id label createdBy createdAt expiresAt }
  }
`);

export const SHOW_PROJECT = graphql(`
  mutation SetProjectVisibility($id: ID!, $visibility: Visibility!, $key: String!) {
    setProjectVisibility(id: $id, visibility: $visibility, key: $key) {
      __typename
      ... on Project { id visibility }
      ... on Refusal { code message field }
    }
  }
`);

export const CREATE_LINK = graphql(`
  mutation CreateShareLink($project: ID!, $label: String!, $days: Int!, $key: String!) {
    createShareLink(projectId: $project, label: $label, days: $days, key: $key) {
      __typename
      ... on CreatedShareLink { token link { id label } }
      ... on Refusal { code message field }
    }
  }
`);

export const REVOKE_LINK = graphql(`
  mutation RevokeShareLink($id: ID!, $key: String!) {
    revokeShareLink(id: $id, key: $key) {
      __typename
      ... on Ended { id }
      ... on Refusal { code message field }
    }
  }
`);

export type OrganisationRow = ResultOf<typeof ORGANISATIONS>["organisations"][number];
export type UsedDevice = ResultOf<typeof USAGE>["usage"]["devices"][number];
export type MemberRow = ResultOf<typeof MEMBERS>["members"]["nodes"][number];
export type InvitationRow = ResultOf<typeof INVITATIONS>["invitations"][number];
export type KeyRow = ResultOf<typeof KEYS>["apiKeys"][number];
export type LinkRow = ResultOf<typeof SHARING>["shareLinks"][number];
