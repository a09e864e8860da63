/** Stops a run, after asking. */

import { Square } from "lucide-react";
import { useState } from "react";
import { useClient } from "urql";
import { command, sentence } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { notify } from "../ui/notices.js";
import { Trouble } from "../ui/states.js";
import { CANCEL, type Run } from "./queries.js";

export function Cancel({ run }: { run: Run }) {
  const client = useClient();
  const [asking, setAsking] = useState(false);
  const { send, busy, trouble } = useCommand(
    (id: string, key) => command(client, CANCEL, { id, key }, "cancelRun"),
    () => {
      setAsking(false);
      notify({ text: "The run stops at its next batch" });
    },
  );
  return (
    <>
      <Button look="danger" disabled={run.cancelRequested} onClick={() => setAsking(true)}>
        <Square size={14} aria-hidden="true" /> Cancel run
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Cancel this run?"
        description="It stops at its next batch and cannot be gone on with. Curves, log and checkpoints stay; the device time used so far is metered."
      >
        <div className="grid gap-4">
          {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={() => setAsking(false)}>Let it run</Button>
            <Button look="danger" busy={busy} onClick={() => send(run.id)}>
              Cancel run
            </Button>
          </div>
        </div>
      </Dialog>
    </>
  );
}
