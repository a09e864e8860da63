/** Says that the drawing has changes no version has, so that nobody trains what they have mended since. */

import { sentence } from "../gateway/outcome.js";
import { Button, ButtonLink } from "../ui/button.js";
import { Trouble } from "../ui/states.js";
import type { Architecture } from "./queries.js";
import { useSave } from "./useSave.js";

interface Props {
  readonly architecture: Architecture;
  readonly newest: number;
  readonly onSaved: (number: number) => void;
}

export function UnsavedNote({ architecture, newest, onSaved }: Props) {
  const { save, busy, trouble } = useSave(architecture, onSaved);
  return (
    <div role="status" className="grid gap-3 rounded-[10px] bg-warn-soft p-3 text-sm text-warn">
      <p>
        The drawing has changes that version {newest} has not. A run trains a saved version: save them to train them.
      </p>
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
      <div className="flex flex-wrap gap-2">
        <Button busy={busy} onClick={save}>
          Save as version {newest + 1}
        </Button>
        <ButtonLink look="quiet" href={`/architectures/${architecture.id}`}>
          Open the editor
        </ButtonLink>
      </div>
    </div>
  );
}
