/** An address where nothing stands. */

import { Compass } from "lucide-react";
import { ButtonLink } from "./button.js";
import { Frame } from "./frame.js";
import { Empty } from "./states.js";

export function NotFound({ what = "page" }: { what?: string }) {
  return (
    <Frame title="Not here">
      <Empty
        icon={<Compass />}
        title={`There is no such ${what}`}
        action={
          <ButtonLink href="/" look="primary">
            To your projects
          </ButtonLink>
        }
      >
        It may have been removed, belong to somebody else, or the address may be misspelt.
      </Empty>
    </Frame>
  );
}
