/** Putting nodes in line with one another, or at equal distances. */

import type { Position } from "../blueprint/index.js";

export type Alignment = "left" | "centre" | "right" | "top" | "middle" | "bottom" | "across" | "down";

/** Where a node stands, and how large it is. */
export interface Box extends Position {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

type Moves = ReadonlyMap<string, Position>;

/** Where nodes go; `across` and `down` give them equal gaps. Only those that move are named. */
export function aligned(boxes: readonly Box[], alignment: Alignment): Moves {
  if (alignment === "across") return moves(boxes, spread(boxes, "x", "width"));
  if (alignment === "down") return moves(boxes, spread(boxes, "y", "height"));
  const left = Math.min(...boxes.map(({ x }) => x));
  const right = Math.max(...boxes.map(({ x, width }) => x + width));
  const top = Math.min(...boxes.map(({ y }) => y));
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height));
  const place: Record<typeof alignment, (box: Box) => Position> = {
    left: ({ y }) => ({ x: left, y }),
    centre: ({ y, width }) => ({ x: (left + right - width) / 2, y }),
    right: ({ y, width }) => ({ x: right - width, y }),
    top: ({ x }) => ({ x, y: top }),
    middle: ({ x, height }) => ({ x, y: (top + bottom - height) / 2 }),
    bottom: ({ x, height }) => ({ x, y: bottom - height }),
  };
  return moves(boxes, new Map(boxes.map((box) => [box.id, place[alignment](box)])));
}

/** The outermost stay; the others get equal gaps between them. */
function spread(boxes: readonly Box[], axis: "x" | "y", size: "width" | "height"): Moves {
  const inOrder = [...boxes].sort((one, other) => one[axis] - other[axis]);
  const [first, last] = [inOrder[0], inOrder.at(-1)];
  if (!first || !last) return new Map();
  const covered = inOrder.reduce((sum, box) => sum + box[size], 0);
  const gap = (last[axis] + last[size] - first[axis] - covered) / Math.max(1, inOrder.length - 1);
  let at = first[axis];
  return new Map(
    inOrder.map((box) => {
      const place = { x: box.x, y: box.y, [axis]: at };
      at += box[size] + gap;
      return [box.id, place];
    }),
  );
}

function moves(boxes: readonly Box[], places: Moves): Moves {
  return new Map(
    boxes.flatMap(({ id, x, y }) => {
      const place = places.get(id) as Position;
      return place.x === x && place.y === y ? [] : [[id, place] as const];
    }),
  );
}
