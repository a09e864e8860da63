/** Two states as pictures that move together: beside each other, or on a phone one upon the other, wiped by a slider. */

import type { Viewport } from "@xyflow/react";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import type { Analysis, Position } from "../blueprint/index.js";
import { HEIGHT, WIDTH } from "../canvas/geometry.js";
import { closePlaces } from "../canvas/places.js";
import { useMedia } from "../ui/useMedia.js";
import type { Level } from "./comparison.js";
import { NetworkPicture, ZoomControls } from "./networkPicture.js";
import type { Chosen } from "./nodeChange.js";
import { type Bounds, boundsOf, placesBefore } from "./placing.js";
import { Range } from "./range.js";

interface Props {
  readonly level: Level;
  readonly analyses: readonly [before: Analysis, after: Analysis];
  readonly titles: readonly [before: string, after: string];
  readonly chosen: Chosen | null;
  /** To be brought into view; a new object asks again. */
  readonly wanted: Chosen | null;
  readonly onChoose: (chosen: Chosen) => void;
}

const WIDE = "(min-width: 640px)";

export function TwoPictures({ level, analyses, titles, chosen, wanted, onChoose }: Props) {
  const wide = useMedia(WIDE);
  const [viewport, onViewport] = useState<Viewport | null>(null);
  const { left, right, bounds } = useMemo(() => placed(level), [level]);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = wanted && (right.get(wanted.after ?? "") ?? left.get(wanted.before ?? ""));
    if (!place || !frame.current) return;
    frame.current.scrollIntoView({ block: "nearest" });
    onViewport(centred(place, frame.current));
  }, [wanted, left, right]);
  const shared = { bounds, viewport, onViewport, controls: false };
  const before = (
    <NetworkPicture
      {...shared}
      label={`Before: ${titles[0]}`}
      side={level.before}
      analysis={analyses[0]}
      path={level.paths.before}
      places={left}
      chosen={chosen?.before ?? null}
      onChoose={(id) => onChoose({ before: id, after: level.names.get(id) ?? null })}
    />
  );
  const after = (
    <NetworkPicture
      {...shared}
      label={`After: ${titles[1]}`}
      side={level.after}
      analysis={analyses[1]}
      path={level.paths.after}
      places={right}
      chosen={chosen?.after ?? null}
      onChoose={(id) => onChoose({ before: earlierOf(level, id), after: id })}
    />
  );
  const panes = { before, after, titles, frame, bounds, viewport, onViewport };
  return wide ? <Beside {...panes} /> : <Upon {...panes} />;
}

interface Panes {
  readonly before: React.ReactNode;
  readonly after: React.ReactNode;
  readonly titles: readonly [before: string, after: string];
  readonly bounds: Bounds;
  /** Of a picture. */
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly viewport: Viewport | null;
  readonly onViewport: (viewport: Viewport | null) => void;
}

const START: Viewport = { x: 0, y: 0, zoom: 1 };
const NEAR = 0.9;

function Beside({ before, after, titles, frame, bounds, viewport, onViewport }: Panes) {
  return (
    <div className="relative grid grid-cols-2 divide-x divide-line">
      {[before, after].map((pane, at) => (
        <div key={titles[at] + String(at)} className="min-w-0">
          <Caption word={at === 0 ? "Before" : "After"} title={titles[at] as string} />
          <div ref={at === 0 ? frame : null} className="h-[min(62dvh,42rem)] scroll-mt-16">
            {pane}
          </div>
        </div>
      ))}
      <ZoomControls {...{ onViewport, frame, bounds }} viewport={viewport ?? START} />
    </div>
  );
}

function Upon({ before, after, titles, frame, bounds, viewport, onViewport }: Panes) {
  const [share, setShare] = useState(50);
  return (
    <div>
      <div className="grid grid-cols-2 divide-x divide-line">
        <Caption word="Before" title={titles[0]} shown={share === 100} onShow={() => setShare(100)} />
        <Caption word="After" title={titles[1]} shown={share === 0} onShow={() => setShare(0)} />
      </div>
      <div ref={frame} className="relative h-[min(54dvh,32rem)] scroll-mt-16 overflow-hidden">
        <div className="absolute inset-0" inert={share === 0}>
          {before}
        </div>
        <div className="absolute inset-0" style={{ clipPath: `inset(0 0 0 ${share}%)` }} inert={share === 100}>
          {after}
        </div>
        <span
          aria-hidden="true"
          className="pointer-events-none absolute inset-y-0 z-10 w-0.5 -translate-x-1/2 bg-accent"
          style={{ left: `${share}%` }}
        />
        <ZoomControls {...{ onViewport, frame, bounds }} viewport={viewport ?? START} />
      </div>
      <Range
        aria-label="Wipe between before and after"
        aria-valuetext={`${share} % before, ${100 - share} % after`}
        min={0}
        max={100}
        value={share}
        onChange={(event) => setShare(Number(event.target.value))}
        className="border-t border-line"
      />
    </div>
  );
}

interface CaptionProps {
  readonly word: string;
  readonly title: string;
  /** Whether this one is seen alone. */
  readonly shown?: boolean;
  readonly onShow?: () => void;
}

function Caption({ word, title, shown = false, onShow }: CaptionProps) {
  const content = (
    <>
      <b className="font-semibold">{word}</b> <span className="text-muted">{title}</span>
    </>
  );
  const look = "w-full truncate border-b border-line px-4 py-2.5 text-left text-sm";
  if (!onShow) return <p className={look}>{content}</p>;
  return (
    <button
      type="button"
      aria-pressed={shown}
      onClick={onShow}
      className={`${look} min-h-11 aria-pressed:bg-accent-soft`}
    >
      {content}
    </button>
  );
}

/** A node in the middle, near enough to be read. */
function centred({ x, y }: Position, frame: HTMLElement): Viewport {
  const { width, height } = frame.getBoundingClientRect();
  return { x: width / 2 - (x + WIDTH / 2) * NEAR, y: height / 2 - (y + HEIGHT / 2) * NEAR, zoom: NEAR };
}

function placed(level: Level) {
  const right = closePlaces(level.after.graph);
  const left = placesBefore(level.before.graph, right, level.names);
  return { left, right, bounds: boundsOf(left, right) };
}

function earlierOf(level: Level, id: string): string | null {
  return [...level.names].find(([, later]) => later === id)?.[0] ?? null;
}
