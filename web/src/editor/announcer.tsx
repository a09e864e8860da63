/** Reads aloud what happened, to those who do not see it. */

import { useDoing } from "./editing.js";

export function Announcer() {
  const said = useDoing((doing) => doing.said);
  return (
    <div aria-live="polite" data-said className="sr-only">
      {said.text}
    </div>
  );
}
