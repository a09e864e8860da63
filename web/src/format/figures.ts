/** Figures for people: counts, bytes, money, time. Exact values go into titles, these into text. */

const UNITS = ["", "K", "M", "G", "T", "P", "E"];
const BYTES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** A count in three significant digits: "11.7 M"; expressions such as "2560*T" stay as they are. */
export function count(value: string | number | bigint): string {
  return scaled(value, 1000, UNITS);
}

/** Bytes in binary units: "44.6 MiB". */
export function bytes(value: string | number | bigint): string {
  return scaled(value, 1024, BYTES);
}

/** An exact count with separators: "11,689,512". */
export function exact(value: string | number | bigint): string {
  return /^-?\d+$/.test(String(value)) ? BigInt(value).toLocaleString("en") : String(value);
}

function scaled(value: string | number | bigint, base: number, units: readonly string[]): string {
  const number = Number(value);
  if (!Number.isFinite(number)) return String(value);
  if (Math.abs(number) < base) return `${number}${units[0] ? ` ${units[0]}` : ""}`;
  let [rest, at] = [number, 0];
  while (Math.abs(rest) >= base && at < units.length - 1) {
    rest /= base;
    at += 1;
  }
  if (Math.abs(rounded(rest)) >= base && at < units.length - 1) {
    rest /= base;
    at += 1;
  }
  return `${rounded(rest)} ${units[at]}`;
}

/** To three digits, but whole ones always. */
function rounded(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}

/** A share as percent: "97.2 %"; nothing known is a dash. */
export function percent(share: number | null | undefined, digits = 1): string {
  return share === null || share === undefined || Number.isNaN(share) ? "–" : `${(share * 100).toFixed(digits)} %`;
}

/** Time in the two largest units that matter: "1 h 12 min", "48 s", "0.4 s". */
export function duration(milliseconds: string | number): string {
  const seconds = Number(milliseconds) / 1000;
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`.replace(/ 0 s$/, "");
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`.replace(/ 0 min$/, "");
  return `${Math.floor(hours / 24)} d ${hours % 24} h`.replace(/ 0 h$/, "");
}

/** Micro-dollars as dollars: "$0.35", "< $0.01", "free". */
export function money(microDollars: string | number): string {
  const dollars = Number(microDollars) / 1e6;
  if (dollars === 0) return "free";
  return dollars < 0.01 ? "< $0.01" : `$${dollars.toFixed(2)}`;
}

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const STEPS: readonly [limit: number, seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [86_400, 3600, "hour"],
  [86_400 * 14, 86_400, "day"],
];

/** A moment as people say it: "3 minutes ago", and after two weeks the date. */
export function ago(moment: string, now = Date.now()): string {
  const seconds = (Date.parse(moment) - now) / 1000;
  const step = STEPS.find(([limit, unit]) => Math.round(Math.abs(seconds) / unit) * unit < limit);
  if (!step) return new Date(moment).toLocaleDateString("en", { dateStyle: "medium" });
  return Math.abs(seconds) < 5 ? "just now" : RELATIVE.format(Math.round(seconds / step[1]), step[2]);
}

const DAY = new Intl.DateTimeFormat("en", { dateStyle: "long" });

/** A day as the person's clock has it: "November 28, 2026". */
export function day(moment: string): string {
  return DAY.format(new Date(moment));
}
