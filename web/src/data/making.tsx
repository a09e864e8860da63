/** A version that is being made: how far it is, and the way to stop it. */

import { useClient } from "urql";
import { command, sentence } from "../gateway/outcome.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button } from "../ui/button.js";
import { Progress, Trouble } from "../ui/states.js";
import type { Version } from "./datasetDialog.js";
import { CANCEL } from "./queries.js";
import { progressInWords, share } from "./words.js";

export function Making({ dataset, version }: { dataset: string; version: Version }) {
  const client = useClient();
  const { send, busy, trouble } = useCommand((number: number, key) =>
    command(client, CANCEL, { dataset, number, key }, "cancelDatasetVersion"),
  );
  const done = share(version.progress);
  const readOnly = useReadOnly() !== null;
  return (
    <div className="grid gap-2">
      <div className="flex items-center gap-3">
        <p role="status" className="tabular min-w-0 grow text-sm">
          {progressInWords(version.progress)}
        </p>
        {readOnly ? null : (
          <Button busy={busy} onClick={() => send(version.number)}>
            Cancel
          </Button>
        )}
      </div>
      {done === null ? null : <Progress value={done} label="How far the data are read" />}
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
    </div>
  );
}
