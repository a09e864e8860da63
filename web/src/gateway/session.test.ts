// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ADA, EVE, ORGANISATION, opened, refused, remember } from "./session.testing.js";

type Session = typeof import("./session.js");

let answers: (() => Response | Promise<Response>)[];
let asked: string[];
let session: Session;
let listeners: Map<string, (event: Partial<StorageEvent & PageTransitionEvent>) => void>;
const reload = vi.fn();
const assign = vi.fn();

/** This tab anew, whose requests are answered in turn. */
async function tab(...given: (() => Response | Promise<Response>)[]): Promise<void> {
  answers = given;
  asked = [];
  vi.resetModules();
  session = await import("./session.js");
}

const state = () => session.session.getState();

beforeEach(() => {
  localStorage.clear();
  remember();
  reload.mockReset();
  assign.mockReset();
  vi.stubGlobal("location", { reload, assign });
  listeners = new Map();
  vi.stubGlobal("addEventListener", listeners.set.bind(listeners));
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    const answer = answers.shift();
    if (!answer) throw new TypeError("Failed to fetch");
    return answer();
  });
});
afterEach(() => void vi.unstubAllGlobals());

describe("a session", () => {
  it("is found again by its cookie", async () => {
    await tab(() => opened());
    expect(state().status).toBe("unknown");
    await session.restore();
    expect(state()).toMatchObject({ status: "in", user: ADA, organisation: ORGANISATION });
    expect(session.currentToken()).toBe("t");
    expect(asked).toEqual(["/auth/refresh"]);
  });

  it("is not asked for where nobody was signed in", async () => {
    localStorage.clear();
    await tab(() => opened());
    await session.restore();
    expect(state().status).toBe("out");
    expect(asked).toEqual([]);
  });

  it("is asked for where storage is closed, as nobody can be remembered", async () => {
    vi.stubGlobal("localStorage", undefined);
    await tab(() => opened());
    await session.restore();
    expect(state().status).toBe("in");
  });

  it("is not there without one", async () => {
    await tab(() => refused(401));
    await session.restore();
    expect(state()).toMatchObject({ status: "out", user: null });
    await expect(session.freshToken()).rejects.toThrow("you are signed out");
    expect(asked).toEqual(["/auth/refresh"]);
  });

  it("is remembered without a connection, and while the gateway is in trouble", async () => {
    await tab(() => opened());
    await session.restore();
    for (const trouble of [[], [() => refused(503)], [() => refused(500, "INTERNAL")], [() => refused(429)]]) {
      await tab(...trouble);
      await session.restore();
      expect(state()).toMatchObject({ status: "in", user: ADA });
      expect(session.currentToken()).toBeNull();
    }
    await tab(() => refused(401));
    await session.restore();
    expect(state().status).toBe("out");
    await tab();
    await session.restore();
    expect(state().status).toBe("out");
  });

  it("asks once for a new token, however many want one", async () => {
    await tab(
      () => opened("short", 10),
      () => opened("long"),
    );
    await session.logIn("ada@example.com", "password");
    expect(session.currentToken()).toBeNull();
    expect(await Promise.all([session.freshToken(), session.freshToken(), session.freshToken()])).toEqual([
      "long",
      "long",
      "long",
    ]);
    expect(asked).toEqual(["/auth/login", "/auth/refresh"]);
  });

  it("asks again after a failure", async () => {
    await tab(() => opened("short", 10));
    await session.logIn("ada@example.com", "password");
    await expect(session.freshToken()).rejects.toThrow("cannot be reached");
    expect(state().status).toBe("in");
    answers = [() => opened("long")];
    expect(await session.freshToken()).toBe("long");
  });

  it("asks in turn with other tabs", async () => {
    const request = vi.fn((_: string, act: () => unknown) => act());
    vi.stubGlobal("navigator", { locks: { request } });
    await tab(() => opened());
    await session.restore();
    expect(request).toHaveBeenCalledExactlyOnceWith("nf.refresh", expect.any(Function));
  });

  it("says why signing in was refused", async () => {
    await tab(() => refused(401));
    await expect(session.logIn("ada@example.com", "wrong")).rejects.toThrow("refused with 401");
    await expect(session.register("ada@example.com", "p", "Ada")).rejects.toThrow("cannot be reached");
  });

  it("ends, with nothing of it left", async () => {
    await tab(
      () => opened(),
      () => new Response(null, { status: 204 }),
    );
    await session.restore();
    await session.logOut();
    expect(asked).toEqual(["/auth/refresh", "/auth/logout"]);
    expect(state()).toMatchObject({ status: "out", user: null });
    expect(localStorage.length).toBe(0);
    expect(assign).toHaveBeenCalledExactlyOnceWith("/sign-in");
  });

  it("that ended without a connection is ended on the server at the next start, before anything is restored", async () => {
    await tab(() => opened());
    await session.restore();
    await session.logOut();
    expect(state()).toMatchObject({ status: "out", user: null });
    expect(Object.keys(localStorage)).toEqual(["nf.leaving"]);
    expect(localStorage.getItem("nf.leaving")).not.toContain("t=");
    remember();
    await tab(() => new Response(null, { status: 204 }));
    await session.restore();
    expect(asked).toEqual(["/auth/logout"]);
    expect(state()).toMatchObject({ status: "out", user: null });
    expect(localStorage.length).toBe(0);
  });

  it("that ended without a connection is ended once there is one, and once only", async () => {
    await tab();
    await session.restore();
    for (const trouble of [[], [() => refused(503)], [() => refused(429)]]) {
      answers = trouble;
      await session.logOut();
      expect(localStorage.getItem("nf.leaving")).toBe("1");
    }
    asked = [];
    answers = [() => new Response(null, { status: 204 })];
    listeners.get("online")?.({});
    await vi.waitFor(() => expect(localStorage.getItem("nf.leaving")).toBeNull());
    listeners.get("online")?.({});
    expect(asked).toEqual(["/auth/logout"]);
  });

  it("that the server does not know any more needs no end", async () => {
    await tab(() => refused(401));
    await session.logOut();
    expect(localStorage.length).toBe(0);
  });

  it("is not ended by a sign-out before it", async () => {
    localStorage.setItem("nf.leaving", "1");
    await tab(
      () => Promise.reject(new TypeError("Failed to fetch")),
      () => opened(),
    );
    await session.logIn("ada@example.com", "password");
    expect(asked).toEqual(["/auth/logout", "/auth/login"]);
    listeners.get("online")?.({});
    expect(asked).toEqual(["/auth/logout", "/auth/login"]);
    expect(state().status).toBe("in");
    expect(localStorage.getItem("nf.leaving")).toBeNull();
  });

  it("is still to be ended where signing in was refused", async () => {
    localStorage.setItem("nf.leaving", "1");
    await tab(
      () => Promise.reject(new TypeError("Failed to fetch")),
      () => refused(401),
    );
    await expect(session.logIn("ada@example.com", "wrong")).rejects.toThrow("refused with 401");
    expect(localStorage.getItem("nf.leaving")).toBe("1");
  });

  it("is nobody's where what is remembered cannot be read", async () => {
    for (const broken of ["{", "{}", '{"user":{}}', '"ada"']) {
      localStorage.setItem("nf.account", broken);
      await tab(() => refused(401));
      await session.restore();
      expect(state()).toMatchObject({ status: "out", user: null });
    }
  });

  it("forgets who was there before where nobody can be remembered", async () => {
    await tab(() => opened("t", 900, EVE));
    const removeItem = vi.fn();
    const setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    vi.stubGlobal("localStorage", { removeItem, setItem });
    await session.logIn("eve@example.com", "password");
    expect(removeItem).toHaveBeenCalledExactlyOnceWith("nf.account");
  });
});

describe("a page", () => {
  it("is one person's: another has nothing of it, and it has no token of another", async () => {
    await tab(
      () => opened(),
      () => opened(),
      () => opened("eve's", 900, EVE),
    );
    await session.restore();
    await session.logIn("ada@example.com", "password");
    expect(reload).not.toHaveBeenCalled();
    await session.logIn("eve@example.com", "password");
    expect(reload).toHaveBeenCalledOnce();
    expect(state()).toMatchObject({ status: "unknown", user: null });
    expect(session.currentToken()).toBeNull();
  });

  it("does not go on in the name of whoever signed in since", async () => {
    await tab(
      () => opened("short", 10),
      () => opened("eve's", 900, EVE),
    );
    await session.restore();
    await expect(session.freshToken()).rejects.toThrow("you are signed out");
    expect(session.currentToken()).toBeNull();
    expect(reload).toHaveBeenCalledOnce();
  });

  it("that opened without a connection is the one's who is remembered", async () => {
    await tab();
    await session.restore();
    expect(state()).toMatchObject({ status: "in", user: ADA });
    answers = [() => opened("eve's", 900, EVE)];
    await session.renew();
    expect(session.currentToken()).toBeNull();
    expect(reload).toHaveBeenCalledOnce();
  });

  it("stays one person's when their session has ended", async () => {
    await tab(
      () => refused(401),
      () => opened("eve's", 900, EVE),
    );
    await session.restore();
    expect(state().status).toBe("out");
    await session.logIn("eve@example.com", "password");
    expect(session.currentToken()).toBeNull();
    expect(reload).toHaveBeenCalledOnce();
  });

  it.each([
    ["is out", () => localStorage.clear(), 1],
    ["is somebody else", () => remember(EVE), 1],
    ["is the same", () => remember(), 0],
  ])("follows another tab, which %s, also when it comes back to be seen", async (_, act, times) => {
    for (const [type, event] of [
      ["storage", { key: "nf.account" }],
      ["storage", { key: null }],
      ["pageshow", { persisted: true }],
    ] as const) {
      remember();
      reload.mockReset();
      await tab(() => opened());
      await session.restore();
      act();
      listeners.get("storage")?.({ key: "nf.theme" });
      listeners.get("pageshow")?.({ persisted: false });
      expect(reload).not.toHaveBeenCalled();
      listeners.get(type)?.(event);
      expect(reload).toHaveBeenCalledTimes(times);
      expect(state().status).toBe(times ? "unknown" : "in");
    }
  });
});
