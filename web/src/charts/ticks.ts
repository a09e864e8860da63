/** Labels of an axis, no two of them alike. */

const MOST_DIGITS = 12;
/** Of the distance between ticks: how far a label may be from its tick. */
const SLACK = 0.01;

/** As `format` says; where that rounds two ticks to the same text, with as many digits as it takes to tell them right. */
export function labels(ticks: readonly (number | null)[], format: (value: number) => string): string[] {
  const some = ticks.filter((tick) => tick !== null);
  if (new Set(some.map(format)).size === some.length) return texts(ticks, format);
  const slack = SLACK * Math.min(...some.slice(1).map((tick, at) => Math.abs(tick - (some[at] as number))));
  let digits = 1;
  while (digits < MOST_DIGITS && some.some((tick) => Math.abs(Number(tick.toPrecision(digits)) - tick) > slack))
    digits += 1;
  return texts(ticks, (tick) => String(Number(tick.toPrecision(digits))));
}

function texts(ticks: readonly (number | null)[], format: (value: number) => string): string[] {
  return ticks.map((tick) => (tick === null ? "" : format(tick)));
}
