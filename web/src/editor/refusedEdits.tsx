/** Edits that were not kept, each with the reason; they can be drawn again, or let go. */

import { useState } from "react";
import type { Refused } from "../canvas/replica.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { sentence } from "../gateway/outcome.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { Trouble } from "../ui/states.js";
import { useEditing } from "./editing.js";

export function RefusedEdits() {
  const { drawing } = useEditing();
  const refused = useDrawn(drawing, (drawn) => drawn.refused);
  const count = refused.length === 1 ? "An edit was not kept" : `${refused.length} edits were not kept`;
  return (
    <Dialog
      open={refused.length > 0}
      onClose={() => drawing.seen()}
      title={count}
      description="The architecture is as the others have it; what you drew meanwhile did not fit any more."
    >
      <ul className="grid gap-3 pb-4">
        {refused.map((each) => (
          <One key={each.batch.key} {...each} />
        ))}
      </ul>
      <div className="flex justify-end">
        <Button look="primary" onClick={() => drawing.seen()}>
          {refused.length === 1 ? "Dismiss" : "Dismiss all"}
        </Button>
      </div>
    </Dialog>
  );
}

function One({ batch, reason }: Refused) {
  const { drawing } = useEditing();
  const [outcome, setOutcome] = useState<"open" | "drawn" | string>("open");
  const again = () => {
    try {
      drawing.edit(batch.edits, batch.label);
      setOutcome("drawn");
    } catch (error) {
      setOutcome(sentence(error));
    }
  };
  return (
    <li className="grid gap-2 rounded-card border border-line p-3 text-sm">
      <p dir="auto" className="font-medium break-words">
        {batch.label}
      </p>
      <p className="break-words text-muted">{reason}</p>
      {outcome === "drawn" ? (
        <p role="status" className="text-good">
          Drawn again.
        </p>
      ) : (
        <>
          {outcome === "open" ? null : <Trouble>{outcome}</Trouble>}
          <Button className="justify-self-start" onClick={again}>
            Draw it again
          </Button>
        </>
      )}
    </li>
  );
}
