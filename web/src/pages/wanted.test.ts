// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { pageIn } from "./wanted.js";

const to = (next: string) => pageIn(`?next=${encodeURIComponent(next)}`);

describe("after signing in", () => {
  it("one goes on where one wanted to go", () => {
    expect(pageIn("")).toBe("/");
    expect(to("/runs/1")).toBe("/runs/1");
    expect(to("/projects/p/runs?states=RUNNING,FAILED")).toBe("/projects/p/runs?states=RUNNING,FAILED");
  });

  it.each([
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "\\\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://[",
    "http:evil.example@x/",
  ])("one stays in the studio: %j", (next) => {
    expect(to(next)).toMatch(/^\/$|^\/[^/\\]/);
    expect(new URL(to(next), "https://studio.example").origin).toBe("https://studio.example");
  });
});
