/** The way of an edge from port to port. */

import { getBezierPath, Position } from "@xyflow/react";
import { ROW, WIDTH } from "../canvas/geometry.js";

export interface Ends {
  readonly sourceX: number;
  readonly sourceY: number;
  readonly targetX: number;
  readonly targetY: number;
}

/** Straight down where it can be; around what stands between where the two ends are in one column. */
export function wayOf({ sourceX, sourceY, targetX, targetY }: Ends): readonly [path: string, x: number, y: number] {
  const skips = Math.abs(targetX - sourceX) < WIDTH / 2 && targetY - sourceY > ROW;
  if (!skips) {
    const sides = { sourcePosition: Position.Bottom, targetPosition: Position.Top };
    const [path, x, y] = getBezierPath({ sourceX, sourceY, targetX, targetY, ...sides });
    return [path, x, y];
  }
  const aside = WIDTH * 0.9;
  const path = `M${sourceX} ${sourceY}C${sourceX + aside} ${sourceY + 48} ${targetX + aside} ${targetY - 48} ${targetX} ${targetY}`;
  return [path, (sourceX + targetX) / 2 + 0.75 * aside, (sourceY + targetY) / 2];
}
