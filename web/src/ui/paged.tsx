/** A list by pages, each of which asks for itself; the last one offers the next. */

import { Fragment, type ReactNode, useState } from "react";
import { Button } from "./button.js";

/** Shows the page after a token; `more` gives, for its end, the button where another page follows. */
type Page = (after: string, more: (next: string | null) => ReactNode) => ReactNode;

export function Paged({ children }: { children: Page }) {
  const [afters, setAfters] = useState<readonly string[]>([""]);
  const moreAt = (at: number) => (next: string | null) =>
    next !== null && at === afters.length - 1 ? (
      <Button className="mx-auto mt-2" onClick={() => setAfters([...afters, next])}>
        Show more
      </Button>
    ) : null;
  return (
    <div className="grid gap-4 sm:gap-5">
      {afters.map((after, at) => (
        <Fragment key={after}>{children(after, moreAt(at))}</Fragment>
      ))}
    </div>
  );
}
