/** Where somebody wanted to go before signing in, as the address of the sign-in page has it. */

/** A page of this studio: an address anywhere else, however it is written, is the first page. */
export function pageIn(search: string): string {
  try {
    const url = new URL(new URLSearchParams(search).get("next") ?? "/", location.origin);
    return url.origin === location.origin ? url.pathname + url.search : "/";
  } catch {
    return "/";
  }
}
