/** Whether a text speaks of a name, rather than of a longer one that holds it. Names are identifiers. */
export function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![A-Za-z0-9_])${name}(?![A-Za-z0-9_])`).test(text);
}
