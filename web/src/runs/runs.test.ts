import { expect, it } from "vitest";
import { factorOf } from "./comparing.js";
import { csv } from "./csv.js";
import { evaluationOf, mistakes, sorted } from "./judgement.js";
import { listingOf, ordered, searchOf, toggled } from "./listing.js";
import { EMPTY, firstError, found, preceded, written } from "./logbook.js";
import type { LogLine, Run } from "./queries.js";
import { windowOf } from "./rows.js";
import { figure, grouped, kind, seriesTitle } from "./series.js";
import type { Names } from "./useNames.js";

const log = (number: number, text: string, level = "info"): LogLine => ({
  number: String(number),
  at: "2026-01-01T00:00:00Z",
  level,
  text,
  attempt: 1,
});

const run = (given: Partial<Run>): Run => ({ options: {}, bestEpoch: 0, ...given }) as Run;
const names = { architectures: new Map(), person: () => "Ada" } as unknown as Names;

it("keeps log lines in order and each once", () => {
  const book = preceded(written(written(EMPTY, [log(3, "c"), log(4, "d")]), [log(4, "d"), log(5, "e\nf")]), [
    log(1, "a"),
    log(2, "b"),
    log(3, "c"),
  ]);
  expect(book.lines.map(({ number }) => number)).toEqual(["1", "2", "3", "4", "5"]);
  expect(book.rows.map(({ text }) => text)).toEqual(["a", "b", "c", "d", "e", "f"]);
});

it("finds text whatever its case, and the first error", () => {
  const book = written(EMPTY, [log(1, "Epoch 1"), log(2, "broken", "error"), log(3, "epoch 2")]);
  expect([found(book, "EPOCH"), found(book, ""), firstError(book)]).toEqual([[0, 2], [], 1]);
});

it("draws few rows of a hundred thousand", () => {
  const [first, last] = windowOf(100_000, 1_000_000, 400);
  expect(last - first).toBeLessThan(60);
  expect(windowOf(0, 0)).toEqual([0, 0]);
  expect(windowOf(3, 1_000_000, 400)[0]).toBe(0);
});

it("groups series: loss and accuracy first, training before validation, unknown ones last", () => {
  expect(grouped(["val/loss", "zeal", "train/accuracy", "learning_rate", "train/loss"])).toEqual([
    ["loss", ["train/loss", "val/loss"]],
    ["accuracy", ["train/accuracy"]],
    ["learning_rate", ["learning_rate"]],
    ["zeal", ["zeal"]],
  ]);
  expect([seriesTitle("val/loss"), seriesTitle("learning_rate"), kind("constructor").title]).toEqual([
    "Validation loss",
    "Learning rate",
    "Constructor",
  ]);
});

it.each([
  [0.123456, "0.1235"],
  [0.000012, "1.2e-5"],
  [0, "0"],
  [Number.NaN, "no number"],
  [null, "no number"],
])("writes %s as %s", (value, text) => {
  expect(figure(value)).toBe(text);
});

it("keeps filter, order and choice in the address", () => {
  const search = new URLSearchParams("states=FAILED,BOGUS&query=x&runs=a,b,a,<i>&view=compare&order=NAME&axis=epoch");
  const listing = listingOf(search);
  expect(listing).toMatchObject({
    states: ["FAILED"],
    chosen: ["a", "b"],
    comparing: true,
    order: "NAME",
    axis: "epoch",
  });
  expect(listingOf(searchOf(listing))).toEqual(listing);
  expect(searchOf(listingOf(new URLSearchParams())).toString()).toBe("");
  expect(toggled(listing, "a").chosen).toEqual(["b"]);
  const full = { ...listing, chosen: Array.from({ length: 20 }, (_, at) => `r${at}`) };
  expect(toggled(full, "another").chosen).toHaveLength(20);
  expect(ordered(listing, "NAME").descending).toBe(false);
  expect(ordered(listing, "TEST_ACCURACY").descending).toBe(true);
});

it("lays steps on epochs and time only where the run tells how", () => {
  const progress = {
    epoch: 2,
    epochs: 4,
    step: "50",
    steps: "100",
    seconds: 1,
    remainingSeconds: 1,
    samplesPerSecond: 1,
  };
  expect(factorOf(run({ progress }), "epoch")).toBe(0.04);
  expect(factorOf(run({ progress, deviceMilliseconds: "5000" }), "time")).toBe(0.1);
  expect(factorOf(run({ progress: null }), "epoch")).toBeNull();
});

it("writes names into a table so that no spreadsheet runs them", () => {
  const [, row = ""] = csv([run({ id: "r1", name: '=HYPERLINK("x"), "y"' })], names).split("\r\n");
  expect(row.startsWith(`r1,"'=HYPERLINK(""x""), ""y""",`)).toBe(true);
});

it("reads an evaluation: mistakes by number, classes in any order, what does not exist last", () => {
  const figures = (name: string, f1: number | null) => ({ name, precision: f1, recall: f1, f1, support: 3 });
  const given = {
    samples: 9,
    accuracy: 0.5,
    loss: 1,
    classes: [figures("10", 0.5), figures("9", null), figures("8", 0.2)],
    confusion: [
      [1, 0, 2],
      [0, 3, 0],
      [1, 0, 2],
    ],
  };
  const evaluation = evaluationOf(given);
  if (!evaluation) throw new Error("this is an evaluation");
  expect(mistakes(evaluation, 1)).toEqual([{ actual: "10", taken: "8", count: 2 }]);
  expect(sorted(given.classes, "f1", true).map(({ name }) => name)).toEqual(["10", "8", "9"]);
  expect(sorted(given.classes, "name", false).map(({ name }) => name)).toEqual(["8", "9", "10"]);
  expect(evaluationOf({ samples: 1 })).toBeNull();
});
