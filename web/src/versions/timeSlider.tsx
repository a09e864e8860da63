/** A slider over every revision; ticks stand where versions were saved. */

import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from "lucide-react";
import { IconButton } from "../ui/button.js";
import type { Version } from "./queries.js";
import { KNOB, Range } from "./range.js";
import type { Moment } from "./timeline.js";
import { moment as dated } from "./versionList.js";

interface Props {
  readonly head: number;
  readonly revision: number;
  readonly moments: ReadonlyMap<number, Moment>;
  readonly versions: readonly Version[];
  readonly nameOf: (id: string) => string;
  readonly onPick: (revision: number) => void;
}

export function TimeSlider({ head, revision, moments, versions, nameOf, onPick }: Props) {
  const saved = savedAt(versions, moments);
  const stops = [...saved.keys()].sort((a, b) => a - b);
  const earlier = stops.findLast((each) => each < revision);
  const later = stops.find((each) => each > revision);
  const told = [`Revision ${revision} of ${head}`, spoken(moments.get(revision), nameOf), savedAs(saved.get(revision))];
  return (
    <fieldset className="m-0 flex min-w-0 items-center gap-0.5 border-0 p-0 sm:gap-1">
      <legend className="sr-only">Moments</legend>
      <Step label="Earlier version" to={earlier} onPick={onPick} icon={<ChevronFirst size={18} />} />
      <Step label="Earlier revision" to={revision - 1 || undefined} onPick={onPick} icon={<ChevronLeft size={18} />} />
      <div className="relative min-w-0 grow">
        <Ticks head={head} stops={stops} />
        <Range
          aria-label="Revision"
          aria-valuetext={told.filter(Boolean).join(", ")}
          min={1}
          max={Math.max(head, 2)}
          disabled={head === 1}
          value={revision}
          onChange={(event) => onPick(Number(event.target.value))}
          className="relative"
        />
      </div>
      <Step
        label="Later revision"
        to={revision < head ? revision + 1 : undefined}
        onPick={onPick}
        icon={<ChevronRight size={18} />}
      />
      <Step label="Later version" to={later} onPick={onPick} icon={<ChevronLast size={18} />} />
    </fieldset>
  );
}

interface StepProps {
  readonly label: string;
  readonly to: number | undefined;
  readonly icon: React.ReactNode;
  readonly onPick: (revision: number) => void;
}

function Step({ label, to, icon, onPick }: StepProps) {
  return (
    <IconButton label={label} disabled={to === undefined} onClick={() => to !== undefined && onPick(to)}>
      {icon}
    </IconButton>
  );
}

function Ticks({ head, stops }: { head: number; stops: readonly number[] }) {
  return (
    <div aria-hidden="true" className="absolute inset-0">
      {stops.map((revision) => (
        <span
          key={revision}
          className="absolute top-0.5 h-2 w-0.5 -translate-x-1/2 rounded-full bg-accent-text"
          style={{ left: `calc(${KNOB / 2}px + (100% - ${KNOB}px) * ${(revision - 1) / Math.max(1, head - 1)})` }}
        />
      ))}
    </div>
  );
}

/** Numbers of versions by the revision they were saved at. */
function savedAt(versions: readonly Version[], moments: ReadonlyMap<number, Moment>): ReadonlyMap<number, number> {
  const logged = [...moments.values()].flatMap(({ revision, saved }) =>
    saved ? [[revision, saved.number] as const] : [],
  );
  const listed = [...versions].reverse().map(({ revision, number }) => [Number(revision), number] as const);
  return new Map([...logged, ...listed]);
}

function spoken(moment: Moment | undefined, nameOf: (id: string) => string): string {
  return moment ? `${dated(moment.at)}, ${moment.summary}, by ${nameOf(moment.author)}` : "";
}

function savedAs(number: number | undefined): string {
  return number === undefined ? "" : `saved as version ${number}`;
}
