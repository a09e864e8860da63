import { type Client, CombinedError } from "urql";
import { describe, expect, it } from "vitest";
import { command, Refusal, refusalOf, sentence } from "./outcome.js";

const failed = (code: string) => new CombinedError({ graphQLErrors: [{ message: "no", extensions: { code } }] });

function answering(result: object): Client {
  return { mutation: () => ({ toPromise: async () => result }) } as unknown as Client;
}

async function outcome(result: object): Promise<unknown> {
  return command<{ act: { __typename: "Thing" } | { __typename: "Refusal" } }, never, "act">(
    answering(result),
    "mutation",
    {} as never,
    "act",
  ).catch((error) => error);
}

describe("what became of a command", () => {
  it("is its answer", async () => {
    expect(await outcome({ data: { act: { __typename: "Thing", id: 1 } } })).toEqual({ __typename: "Thing", id: 1 });
  });

  it("is a refusal with its sentence and field, not to be tried again", async () => {
    const answer = { __typename: "Refusal", code: "REJECTED", message: "too long", field: "name" };
    const refusal = (await outcome({ data: { act: answer } })) as Refusal;
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ code: "REJECTED", message: "too long", field: "name", retry: false });
  });

  it.each(["UNAVAILABLE", "INTERNAL", "TIMEOUT", "UNAUTHENTICATED", "GRANT_EXPIRED", "STALE_STREAM"])(
    "is open after %s, in a union or as an error",
    async (code) => {
      expect(await outcome({ data: { act: { __typename: "Refusal", code, message: "" } } })).toMatchObject({
        retry: true,
      });
      expect(await outcome({ error: failed(code) })).toMatchObject({ code, retry: true });
    },
  );

  it.each(["CONFLICT", "DENIED", "NOT_FOUND", "IDEMPOTENCY_KEY_REUSED", "INVALID_REQUEST"])(
    "is final after %s",
    async (code) => {
      expect(await outcome({ error: failed(code) })).toMatchObject({ code, message: "no", retry: false });
    },
  );

  it("is open when nobody answers, or nothing", async () => {
    const error = new CombinedError({ networkError: new TypeError("Failed to fetch") });
    expect(await outcome({ error })).toMatchObject({ code: "UNREACHABLE", retry: true });
    expect(await outcome({ data: null })).toMatchObject({ code: "INTERNAL", retry: true });
  });

  it("can be said in one sentence", () => {
    expect(sentence(refusalOf(failed("DENIED")))).toBe("no");
    expect(sentence("text")).toBe("text");
  });
});
