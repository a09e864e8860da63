// @vitest-environment happy-dom
/** Working in one of several organisations, and looking at a project as a guest. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ADA, ORGANISATION, opened, refused, remember } from "./session.testing.js";

type Session = typeof import("./session.js");

const ACME = { id: "9", name: "Acme" };
const inAcme = () => Response.json({ access_token: "a", expires_in: 900, user: ADA, organisation: ACME });
const visit = () =>
  Response.json({ access_token: "v", expires_in: 300, user: null, organisation: ACME, project: { id: "p" } });

let answers: (() => Response)[];
let asked: [address: string, body: unknown][];
let session: Session;
let listeners: Map<string, (event: Partial<StorageEvent>) => void>;
const reload = vi.fn();
const assign = vi.fn();

async function tab(...given: (() => Response)[]): Promise<void> {
  answers = given;
  asked = [];
  vi.resetModules();
  session = await import("./session.js");
}

const state = () => session.session.getState();

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  remember();
  reload.mockReset();
  assign.mockReset();
  vi.stubGlobal("location", { reload, assign });
  listeners = new Map();
  vi.stubGlobal("addEventListener", listeners.set.bind(listeners));
  vi.stubGlobal("fetch", async (address: string, { body }: { body: string }) => {
    asked.push([address, JSON.parse(body)]);
    const answer = answers.shift();
    if (!answer) throw new TypeError("Failed to fetch");
    return answer();
  });
});
afterEach(() => void vi.unstubAllGlobals());

describe("an organisation", () => {
  it("is gone on with after a reload", async () => {
    await tab(() => opened());
    await session.restore();
    expect(asked).toEqual([["/auth/refresh", { organisation_id: ORGANISATION.id }]]);
  });

  it("is switched to with a page anew, and remembered", async () => {
    await tab(() => opened(), inAcme, inAcme);
    await session.restore();
    await session.switchTo(ACME.id, "/organisation");
    expect(asked[1]).toEqual(["/auth/refresh", { organisation_id: ACME.id }]);
    expect(assign).toHaveBeenCalledWith("/organisation");
    await tab(inAcme);
    await session.restore();
    expect(asked).toEqual([["/auth/refresh", { organisation_id: ACME.id }]]);
    expect(state().organisation).toEqual(ACME);
  });

  it("that one was removed from is left for one's own, and the page begins anew", async () => {
    localStorage.setItem("nf.account", JSON.stringify({ user: ADA, organisation: ACME }));
    await tab(
      () => refused(403, "NOT_A_MEMBER"),
      () => opened(),
    );
    await session.restore();
    expect(asked.map(([, body]) => body)).toEqual([{ organisation_id: ACME.id }, {}]);
    expect(reload).toHaveBeenCalledOnce();
    expect(session.currentToken()).toBeNull();
  });

  it("that another tab switches to is followed", async () => {
    await tab(() => opened());
    await session.restore();
    localStorage.setItem("nf.account", JSON.stringify({ user: ADA, organisation: ACME }));
    listeners.get("storage")?.({ key: "nf.account" });
    expect(reload).toHaveBeenCalledOnce();
  });
});

describe("a guest", () => {
  beforeEach(() => sessionStorage.setItem("nf.guest", JSON.stringify({ share_link: "nfs_a_b" })));

  it("looks by what lets them in, and whoever is signed in stays so", async () => {
    await tab(visit, visit);
    await session.restore();
    expect(asked).toEqual([["/auth/exchange", { share_link: "nfs_a_b" }]]);
    expect(state()).toMatchObject({ status: "in", guest: true, organisation: ACME });
    expect(session.currentToken()).toBe("v");
    listeners.get("storage")?.({ key: "nf.account" });
    expect(reload).not.toHaveBeenCalled();
    await session.renew();
    expect(asked).toHaveLength(2);
    expect(localStorage.getItem("nf.account")).toContain(ADA.email);
  });

  it("whose link has ended is gone, and signs nobody out", async () => {
    await tab(() => refused(401, "LINK_ENDED"));
    await session.restore();
    expect(state()).toMatchObject({ status: "out", guest: false });
    expect(sessionStorage.getItem("nf.guest")).toBeNull();
    expect(localStorage.getItem("nf.account")).toContain(ADA.email);
  });
});
