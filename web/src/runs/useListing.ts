/** The listing in the page's address, and how to change it. */

import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";
import { type Listing, listingOf, searchOf } from "./listing.js";

export function useListing(): readonly [Listing, (change: (listing: Listing) => Listing) => void] {
  const [search, setSearch] = useSearchParams();
  const listing = useMemo(() => listingOf(search), [search]);
  const change = useCallback(
    (next: (listing: Listing) => Listing) => setSearch((now) => searchOf(next(listingOf(now))), { replace: true }),
    [setSearch],
  );
  return [listing, change];
}
