/** `graphql(...)` makes a query whose variables and answer have the types of the gateway's schema. */

import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./schema.js";

/** JSON as the gateway sends it: documents, analyses, edits. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain | undefined };

export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { ID: string; BigInt: string; DateTime: string; JSON: Plain; Base64: string };
}>();

export type { ResultOf, VariablesOf } from "gql.tada";
