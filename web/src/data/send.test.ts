import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refusal } from "../gateway/outcome.js";
import { send } from "./send.js";

/** A request whose answer the test plays. */
class Played {
  static last: Played;
  upload: { onprogress?: (event: object) => void } = {};
  status = 0;
  responseText = "";
  sent: FormData | null = null;
  onload = () => {};
  onerror = () => {};
  onabort = () => {};
  onloadend = () => {};
  constructor() {
    Played.last = this;
  }
  open = vi.fn();
  send(form: FormData) {
    this.sent = form;
  }
  abort() {
    this.onabort();
    this.onloadend();
  }
  answer(status: number, text = "") {
    this.status = status;
    this.responseText = text;
    this.onload();
    this.onloadend();
  }
}

const PLACE = { url: "/files/bucket", fields: [{ name: "key", value: "k" }] };
const FILE = new File(["abc"], "a.csv");
const begin = (told = (_: number) => {}) => {
  const stop = new AbortController();
  return { stop, sending: send(PLACE, FILE, told, stop.signal) };
};

describe("sending a file", () => {
  beforeEach(() => vi.stubGlobal("XMLHttpRequest", Played));
  afterEach(() => vi.unstubAllGlobals());

  it("posts the fields, then the file, and tells how far it is", async () => {
    const told = vi.fn();
    const { sending } = begin(told);
    expect(Played.last.open).toHaveBeenCalledWith("POST", "/files/bucket");
    expect([...(Played.last.sent?.keys() ?? [])]).toEqual(["key", "file"]);
    Played.last.upload.onprogress?.({ loaded: 1, total: 4, lengthComputable: true });
    expect(told).toHaveBeenCalledWith(0.25);
    Played.last.answer(204);
    await expect(sending).resolves.toBeUndefined();
  });

  it("is refused with the gateway's sentence, or one of its own", async () => {
    const first = begin();
    Played.last.answer(413, '{"error": {"code": "TOO_LARGE", "message": "too much"}}');
    await expect(first.sending).rejects.toMatchObject({ code: "TOO_LARGE", message: "too much" });
    const second = begin();
    Played.last.answer(502, "<html>");
    await expect(second.sending).rejects.toBeInstanceOf(Refusal);
    const third = begin();
    Played.last.onerror();
    await expect(third.sending).rejects.toMatchObject({ code: "UNREACHABLE" });
  });

  it("stops when it is told to", async () => {
    const { stop, sending } = begin();
    stop.abort();
    await expect(sending).rejects.toMatchObject({ name: "AbortError" });
  });
});
