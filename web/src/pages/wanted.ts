/** Where somebody wanted to go before signing in, as the address of the sign-in page has it. */

/** What went wrong at another provider is told where it was begun: to who is signed in, on the account's page. */
export function pageAfterSignIn(search: string): string {
  const trouble = new URLSearchParams(search).get("trouble");
  return trouble ? `/account?trouble=${encodeURIComponent(trouble)}` : pageIn(search);
}

/** A page of this studio: an address anywhere else, however it is written, is the first page. */
export function pageIn(search: string): string {
  try {
    const url = new URL(new URLSearchParams(search).get("next") ?? "/", location.origin);
    return url.origin === location.origin ? url.pathname + url.search : "/";
  } catch {
    return "/";
  }
}
