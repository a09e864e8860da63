// @vitest-environment happy-dom
/** What a device keeps, across pages; each page is its modules loaded anew, over one store and one set of locks. */

import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Kept, Unsent } from "./keeping.js";

const KEPT: Kept = { revision: 3, document: { nodes: [] }, name: "net", projectId: "p", latestVersion: 0 };
const UNSENT: Unsent = { confirmed: KEPT, batches: [{ key: "k" }] };

interface Page {
  readonly number: number;
  readonly keeping: typeof import("./keeping.js");
  readonly session: typeof import("../gateway/session.js").session;
}

type Callback = (lock: object | null) => unknown;

/** The locks of a browser; those of a page end with it. */
class Locks {
  readonly held = new Map<string, number>();

  of(page: number): object {
    return {
      request: async (name: string, { ifAvailable }: { ifAvailable?: boolean }, act: Callback) => {
        if (this.held.has(name) && ifAvailable) return act(null);
        this.held.set(name, page);
        const answer = await act({ name });
        this.held.delete(name);
        return answer;
      },
    };
  }

  end(page: number): void {
    for (const [name, holder] of this.held) if (holder === page) this.held.delete(name);
  }
}

let locks: Locks;
let pages = 0;

/** A new page of the same browser, with its number. */
async function newPage(account: string | null = "ada"): Promise<Page> {
  pages += 1;
  vi.resetModules();
  vi.stubGlobal("navigator", { locks: locks.of(pages), onLine: true });
  const { session } = await import("../gateway/session.js");
  if (account) session.setState({ status: "in", user: { id: account, email: "", name: "" } });
  return { number: pages, keeping: await import("./keeping.js"), session };
}

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  locks = new Locks();
});

describe("what a device keeps", () => {
  it("is there for the next page", async () => {
    const { keeping } = await newPage();
    expect(await keeping.kept("id")).toBeNull();
    expect(await keeping.placeHere("id").keep(KEPT)).toBe(true);
    const next = await newPage();
    expect(await next.keeping.kept("id")).toEqual(KEPT);
    expect(await next.keeping.kept("other")).toBeNull();
  });

  it("is taken up once its page is gone, not before", async () => {
    const first = await newPage();
    await first.keeping.placeHere("id").keepUnsent(UNSENT);
    expect(await first.keeping.leftBehind("id")).toEqual([]);
    const second = await newPage();
    expect(await second.keeping.leftBehind("id")).toEqual([]);
    locks.end(first.number);
    expect(await second.keeping.leftBehind("other")).toEqual([]);
    expect((await second.keeping.leftBehind("id")).map(({ unsent }) => unsent)).toEqual([UNSENT]);
  });

  it("is taken up by one page only, until that is gone or lets go of it", async () => {
    const first = await newPage();
    await first.keeping.placeHere("id").keepUnsent(UNSENT);
    locks.end(first.number);
    const [second, third] = [await newPage(), await newPage()];
    const [left] = await second.keeping.leftBehind("id");
    expect(await third.keeping.leftBehind("id")).toEqual([]);
    left?.letGo();
    await new Promise((resolve) => setTimeout(resolve));
    expect(await third.keeping.leftBehind("id")).toHaveLength(1);
    locks.end(third.number);
    expect(await second.keeping.leftBehind("id")).toHaveLength(1);
  });

  it("is forgotten where it lay", async () => {
    const first = await newPage();
    await first.keeping.placeHere("id").keepUnsent(UNSENT);
    locks.end(first.number);
    const second = await newPage();
    const [left] = await second.keeping.leftBehind("id");
    await left?.place.keepUnsent(null);
    locks.end(second.number);
    expect(await (await newPage()).keeping.leftBehind("id")).toEqual([]);
  });

  it("is not for another account", async () => {
    const first = await newPage("ada");
    await first.keeping.placeHere("id").keepUnsent(UNSENT);
    await first.keeping.placeHere("id").keep(KEPT);
    locks.end(first.number);
    const { keeping } = await newPage("eve");
    expect(await keeping.kept("id")).toBeNull();
    expect(await keeping.leftBehind("id")).toEqual([]);
    expect(await (await newPage("ada")).keeping.leftBehind("id")).toHaveLength(1);
  });

  it("is nothing while nobody is signed in", async () => {
    const { keeping } = await newPage(null);
    expect(await keeping.placeHere("id").keep(KEPT)).toBe(false);
    expect(await keeping.placeHere("id").keepUnsent(UNSENT)).toBe(false);
    expect(await keeping.kept("id")).toBeNull();
    expect(await keeping.leftBehind("id")).toEqual([]);
    await keeping.forget();
    expect(await (await newPage("ada")).keeping.kept("id")).toBeNull();
  });

  it("stays theirs whose drawing it is, whoever is signed in by then", async () => {
    const { keeping, session } = await newPage("ada");
    const place = keeping.placeHere("id");
    for (const user of [null, { id: "eve", email: "", name: "" }]) {
      session.setState({ user });
      expect(await place.keep(KEPT)).toBe(true);
      expect(await place.keepUnsent(UNSENT)).toBe(true);
      expect(await keeping.kept("id")).toBeNull();
    }
    expect(await (await newPage("ada")).keeping.kept("id")).toEqual(KEPT);
  });

  it("is gone once its person signs out, except for what was not sent", async () => {
    const [ada, eve] = [await newPage("ada"), await newPage("eve")];
    await ada.keeping.placeHere("id").keepUnsent(UNSENT);
    await ada.keeping.placeHere("id").keep(KEPT);
    await ada.keeping.placeHere("other").keep(KEPT);
    await eve.keeping.placeHere("id").keep(KEPT);
    await ada.keeping.forget();
    locks.end(ada.number);
    const { keeping } = await newPage("ada");
    expect([await keeping.kept("id"), await keeping.kept("other")]).toEqual([null, null]);
    expect(await keeping.leftBehind("id")).toHaveLength(1);
    expect(await eve.keeping.kept("id")).toEqual(KEPT);
  });

  it("is nothing where there is no store, and nothing breaks", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const { keeping } = await newPage();
    expect(await keeping.placeHere("id").keep(KEPT)).toBe(false);
    expect(await keeping.kept("id")).toBeNull();
    expect(await keeping.leftBehind("id")).toEqual([]);
  });

  it("tells pages apart by asking where there are no locks", async () => {
    const first = await newPage();
    await first.keeping.placeHere("id").keepUnsent(UNSENT);
    locks.end(first.number);
    vi.resetModules();
    vi.stubGlobal("navigator", { onLine: true });
    const { session } = await import("../gateway/session.js");
    session.setState({ user: { id: "ada", email: "", name: "" } });
    const plain = await import("./keeping.js");
    await plain.placeHere("mine").keepUnsent(UNSENT);
    vi.resetModules();
    const { session: again } = await import("../gateway/session.js");
    again.setState({ user: { id: "ada", email: "", name: "" } });
    const next = await import("./keeping.js");
    expect(await next.leftBehind("mine")).toEqual([]);
    expect(await next.leftBehind("id")).toHaveLength(1);
  });
});
