/**
 * How much of a drawing's figures each node takes, to colour nodes by.
 *
 * Networks hold layers of ten parameters beside layers of ten million, so the scale is logarithmic.
 */

import { type Analysis, type Dim, type NodeFigures, text } from "../blueprint/index.js";
import type { Heat } from "../editor/view.js";
import { sized, takenBytes } from "./figuring.js";
import type { Path } from "./scope.js";

/** What the least figure that is not zero gets, so that it can be told from nothing. */
const LEAST_SHARE = 0.12;

/** Percent of the accent in what takes most. */
const HOTTEST = 42;

/** The ends of the scale: the least and the most that some node takes; null where no node takes any. */
export interface Scale {
  readonly least: Measured;
  readonly most: Measured;
}

interface Measured {
  /** Ids of the graph at the path. */
  readonly id: string;
  /** An exact count, or an expression where sizes stay named. */
  readonly text: string;
  readonly size: number;
}

/** 0..1 by node id of the graph at a path, on a log scale; Blocks as a whole. Empty without a heat. */
export function heatOf(analysis: Analysis, path: Path, heat: Heat): ReadonlyMap<string, number> {
  const measured = measuredAt(analysis, path, heat);
  const scale = scaleAmong(measured);
  return new Map(measured.map(({ id, size }) => [id, scale ? shareOf(size, scale) : 0]));
}

/** The ends of the scale of the graph at a path. */
export function scaleOf(analysis: Analysis, path: Path, heat: Heat): Scale | null {
  return scaleAmong(measuredAt(analysis, path, heat));
}

/** The colour of a share, for nodes and the legend alike: never so strong that text on it cannot be read. */
export function heatColor(share: number): string {
  return `color-mix(in oklab, var(--accent) ${Math.round(HOTTEST * share)}%, var(--surface))`;
}

function measuredAt(analysis: Analysis, path: Path, heat: Heat): readonly Measured[] {
  if (heat === null) return [];
  const prefix = path.map((id) => `${id}/`).join("");
  return [...analysis.nodes].flatMap(([name, figures]) => {
    const id = name.slice(prefix.length);
    if (!name.startsWith(prefix) || id.includes("/")) return [];
    const taken = takenBy(figures, heat);
    return [{ id, text: text(taken), size: sized(taken) }];
  });
}

function takenBy(figures: NodeFigures, heat: Exclude<Heat, null>): Dim {
  if (heat === "params") return figures.params;
  return heat === "macs" ? figures.macs : takenBytes(figures);
}

function scaleAmong(measured: readonly Measured[]): Scale | null {
  const some = measured.filter(({ size }) => size > 0);
  const [first] = some;
  if (!first) return null;
  return {
    least: some.reduce((least, each) => (each.size < least.size ? each : least), first),
    most: some.reduce((most, each) => (each.size > most.size ? each : most), first),
  };
}

function shareOf(size: number, { least, most }: Scale): number {
  if (size <= 0) return 0;
  if (least.size === most.size) return 1;
  const height = Math.log(size / least.size) / Math.log(most.size / least.size);
  return LEAST_SHARE + (1 - LEAST_SHARE) * height;
}
