/** Another version of the same file, with another share of bad files or rows left out. */

import { useState } from "react";
import { useClient } from "urql";
import { command, sentence } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button } from "../ui/button.js";
import { TextField } from "../ui/field.js";
import { Trouble } from "../ui/states.js";
import { FRESH, type Options, problems } from "./choices.js";
import type { Version } from "./datasetDialog.js";
import { MAKE_AGAIN } from "./queries.js";

interface Props {
  readonly dataset: string;
  readonly version: Version;
  readonly onMade: (number: number) => void;
}

export function Again({ dataset, version, onMade }: Props) {
  const client = useClient();
  const { split, options } = version;
  const [skip, setSkip] = useState(String((options?.skipPerMille ?? 0) / 10));
  const { send, busy, trouble, drop } = useCommand(async (asked: Options, key) => {
    return (await command(client, MAKE_AGAIN, { dataset, split, options: asked, key }, "createDatasetVersion")).number;
  }, onMade);
  if (!options || version.faultCounts.length === 0) return null;
  const problem = problems({ ...FRESH, skip }, null).skip;
  const asked: Options = { ...options, skipPerMille: Math.round(Number(skip) * 10) };
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-48 grow">
          <TextField
            label={`Leave out bad ${options.images ? "files" : "rows"}, at most %`}
            value={skip}
            inputMode="decimal"
            problem={problem}
            onChange={(event) => [setSkip(event.target.value), drop()]}
          />
        </div>
        <Button className="sm:mt-6.5" busy={busy} disabled={problem !== null} onClick={() => send(asked)}>
          Make another version
        </Button>
      </div>
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
    </div>
  );
}
