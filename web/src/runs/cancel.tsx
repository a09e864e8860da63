/** Stops a run, after asking. */

import { Square } from "lucide-react";
import { useRef, useState } from "react";
import { useClient } from "urql";
import { newKey } from "../gateway/keys.js";
import { command, sentence } from "../gateway/outcome.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { notify } from "../ui/notices.js";
import { Trouble } from "../ui/states.js";
import { CANCEL, type Run } from "./queries.js";

export function Cancel({ run }: { run: Run }) {
  const client = useClient();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const key = useRef(newKey());
  const stop = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await command(client, CANCEL, { id: run.id, key: key.current }, "cancelRun");
      setAsking(false);
      notify({ text: "The run stops at its next batch" });
    } catch (error) {
      setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
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
          {problem ? <Trouble>{problem}</Trouble> : null}
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={() => setAsking(false)}>Let it run</Button>
            <Button look="danger" busy={busy} onClick={stop}>
              Cancel run
            </Button>
          </div>
        </div>
      </Dialog>
    </>
  );
}
