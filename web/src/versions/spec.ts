/** How addresses name a state: a saved version "3", a revision "r12", or what is drawn "now". */

/** A spec as it is understood; null for none of the three. */
export type Spec = { readonly kind: "now" } | { readonly kind: "version" | "revision"; readonly number: number };

export function specOf(text: string): Spec | null {
  if (text === "now") return { kind: "now" };
  const found = /^(r?)([1-9]\d{0,8})$/.exec(text);
  return found ? { kind: found[1] ? "revision" : "version", number: Number(found[2]) } : null;
}

/** "Version 3", "Revision 12", "As drawn now" */
export function titleOf(spec: Spec): string {
  if (spec.kind === "now") return "As drawn now";
  return `${spec.kind === "version" ? "Version" : "Revision"} ${spec.number}`;
}

/** A spec as addresses have it. */
export function textOf(spec: Spec): string {
  if (spec.kind === "now") return "now";
  return spec.kind === "version" ? String(spec.number) : `r${spec.number}`;
}
