import { expect, it } from "vitest";
import { isCrowded, leastZoom, thickness } from "./afar.js";

const column = (length: number) => Array.from({ length }, (_, at) => ({ position: { x: 0, y: 96 * at } }));

it("goes as far away as it takes to see a thousand nodes in one column, on any screen", () => {
  const zoom = leastZoom(column(1000));
  expect(zoom * 96_000).toBeLessThanOrEqual(300);
  expect(zoom * 96_000).toBeGreaterThan(100);
});

it("goes no further for a small network, none, or one that no browser could show at once", () => {
  for (const length of [0, 1, 30, 20_000]) expect(leastZoom(column(length))).toBe(0.1);
});

it("stays the same while a node at the end is on the move", () => {
  const moved = [...column(999), { position: { x: 50, y: 94_000 } }];
  expect(leastZoom(moved)).toBe(leastZoom(column(1000)));
});

it("draws edges as thick as can be seen from there", () => {
  expect(thickness(0.4)).toBeNull();
  for (const zoom of [0.09, 0.01, 0.002]) expect((thickness(zoom) as number) * zoom).toBeGreaterThanOrEqual(1.5);
});

it("is crowded from afar alone, and by many nodes alone", () => {
  expect([isCrowded(true, 120), isCrowded(false, 120), isCrowded(true, 119)]).toEqual([true, false, false]);
});
