/** Sizes on the canvas, in pixels: the grid, nodes, and where on a node its ports are. The same as in blueprint/layout.py. */

import type { Position } from "../blueprint/index.js";

export const GRID = 32;
export const WIDTH = 6 * GRID;
export const HEIGHT = 2 * GRID;
export const ROW = 3 * GRID;
export const COLUMN = 8 * GRID;

/** Where the port at `at` of `count` sits along a side. */
export function portAt(at: number, count: number, width: number): number {
  return (width * (2 * at + 1)) / (2 * count);
}

/** The nearest place on the grid. */
export function snapped({ x, y }: Position): Position {
  return { x: GRID * Math.round(x / GRID), y: GRID * Math.round(y / GRID) };
}

/** From the least to the greatest. */
export function extent(values: readonly number[]): number {
  const [least, most] = values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as [number, number]);
  return values.length === 0 ? 0 : most - least;
}

export function samePlace(one: Position | null, other: Position | null): boolean {
  return one?.x === other?.x && one?.y === other?.y;
}
