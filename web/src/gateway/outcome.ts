/** What became of a command: done, refused with a reason, or unknown as nobody answered. */

import type { AnyVariables, Client, CombinedError, DocumentInput } from "urql";

/** Why a command was not carried out. `retry`: whether sending it again under the same key may help. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly field: string | null = null,
    readonly retry = false,
  ) {
    super(message);
  }
}

/** Refusals that a new token may mend. */
export const TOKEN_OVER: ReadonlySet<unknown> = new Set(["UNAUTHENTICATED", "GRANT_EXPIRED"]);
/** Refusals that say nothing about the command itself. */
const AGAIN: ReadonlySet<unknown> = new Set(["UNAVAILABLE", "INTERNAL", "TIMEOUT", "STALE_STREAM", ...TOKEN_OVER]);
const UNREACHABLE = "NeuralForge cannot be reached; it will be tried again once there is a connection";

type Member = { readonly __typename?: string };
type Done<Answer> = Exclude<Answer, { readonly __typename: "Refusal" }>;

/** Sends a command whose answer is a union with Refusal, under the name of the field. Throws Refusal. */
export async function command<Data extends object, Variables extends AnyVariables, Name extends keyof Data & string>(
  client: Client,
  document: DocumentInput<Data, Variables>,
  variables: Variables,
  name: Name,
): Promise<Done<NonNullable<Data[Name]>>> {
  const { data, error } = await client.mutation(document, variables).toPromise();
  if (error) throw refusalOf(error);
  const answer = data?.[name] as (Member & { code?: string; message?: string; field?: string | null }) | undefined;
  if (!answer) throw new Refusal("INTERNAL", "NeuralForge gave no answer; try again", null, true);
  if (answer.__typename === "Refusal") {
    const code = answer.code ?? "UNKNOWN";
    throw new Refusal(code, answer.message ?? "", answer.field ?? null, AGAIN.has(code));
  }
  return answer as Done<NonNullable<Data[Name]>>;
}

/** An error of a request as a sentence for people. */
export function refusalOf(error: CombinedError): Refusal {
  if (error.networkError) return new Refusal("UNREACHABLE", UNREACHABLE, null, true);
  const [first] = error.graphQLErrors;
  const code = String(first?.extensions.code ?? "INTERNAL");
  return new Refusal(code, first?.message ?? error.message, null, AGAIN.has(code));
}

/** Any error as a sentence for people. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
