/** The small picture itself, apart as a page is there before its pictures are. */

import { useMemo } from "react";
import { type CategoryLook, colourOf } from "../canvas/categories.js";
import { type Box, type Picture, picture } from "../canvas/picture.js";
import { sketchOf } from "../canvas/sketch.js";

export interface Props {
  /** A document as the gateway gives it, or a graph. */
  readonly document: unknown;
  /** Width through height of the place it fills. */
  readonly aspect?: number;
  readonly label?: string;
  readonly className?: string;
}

/** Above so many nodes marks are too small to be seen. */
const MOST_MARKS = 300;
const MARK = 36;

export default function ThumbnailSvg({ document, aspect = 1.75, label, className = "" }: Props) {
  const drawn = useMemo(() => drawing(document, aspect), [document, aspect]);
  if (!drawn) return <div className={className} />;
  const { x, y, width, height } = drawn.view;
  return (
    <svg
      viewBox={`${x} ${y} ${width} ${height}`}
      className={className}
      role="img"
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      <path
        d={drawn.wires.join("")}
        fill="none"
        strokeWidth={1.25}
        vectorEffect="non-scaling-stroke"
        className="stroke-line-strong"
      />
      {categories(drawn.boxes).map(([look, boxes]) => (
        <path key={look.label} d={boxes.map(pill).join("")} style={{ fill: colourOf(look) }} />
      ))}
      {drawn.boxes.length <= MOST_MARKS ? <Marks boxes={drawn.boxes} /> : null}
    </svg>
  );
}

function Marks({ boxes }: { boxes: readonly Box[] }) {
  return (
    <g fill="none" strokeWidth={2.2} strokeLinecap="round" strokeLinejoin="round" className="stroke-surface">
      {boxes.map((box, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: ids may be there twice in a document that has mistakes.
        <path key={at} d={box.look.mark} transform={placed(box)} />
      ))}
    </g>
  );
}

function placed({ x, y, width, height }: Box): string {
  return `translate(${x + (width - MARK) / 2} ${y + (height - MARK) / 2}) scale(${MARK / 24})`;
}

/** Nothing where the document cannot be read or has no nodes. */
function drawing(document: unknown, aspect: number): Picture | null {
  const sketch = sketchOf(document);
  return sketch && sketch.nodes.length > 0 ? picture(sketch, { aspect }) : null;
}

/** Boxes by category: one element for each, however many nodes there are. */
function categories(boxes: readonly Box[]): [CategoryLook, Box[]][] {
  const found = new Map<CategoryLook, Box[]>();
  for (const box of boxes) {
    const same = found.get(box.look) ?? [];
    same.push(box);
    found.set(box.look, same);
  }
  return [...found];
}

/** A rounded rectangle as a path. */
function pill({ x, y, width, height }: Box): string {
  const r = 16;
  const [across, down] = [width - 2 * r, height - 2 * r];
  const corner = (dx: number, dy: number) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  return `M${x + r} ${y}h${across}${corner(r, r)}v${down}${corner(-r, r)}h${-across}${corner(-r, -r)}v${-down}${corner(r, -r)}Z`;
}
