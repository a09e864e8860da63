/** Something in a word that is still going on. */

import { Spinner } from "../ui/button.js";
import { Badge } from "../ui/states.js";

export function Spinnered({ children }: { children: string }) {
  return (
    <span role="status">
      <Badge tone="accent">
        <span className="inline-grid scale-75 place-items-center">
          <Spinner />
        </span>
        {children}
      </Badge>
    </span>
  );
}
