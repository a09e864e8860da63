/** Tokens that come behind an address's `#`: kept by this tab alone, and taken out of the address. */

/** The token of the address, else the one this tab keeps under that name; empty where there is none. */
export function takeFromAddress(name: string): string {
  const given = location.hash.slice(1);
  try {
    if (given) sessionStorage.setItem(name, given);
  } catch {
    return given; // storage is closed: it stays in the address
  }
  if (given) history.replaceState(history.state, "", location.pathname + location.search);
  return given || (sessionStorage.getItem(name) ?? "");
}
