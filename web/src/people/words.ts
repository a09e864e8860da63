/** Times as the lists about people tell them. */

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });

/** "28 November 2026", as the person's clock has it. */
export function day(moment: string): string {
  return DAY.format(new Date(moment));
}
