/** All it takes to train the same again: shown, copied, downloaded. */

import { Copy, Download } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../gateway/useAnswer.js";
import { Button } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { Skeleton, Trouble } from "../ui/states.js";
import { copy, fileName, save } from "../ui/take.js";
import { REPRODUCTION, type Run } from "./queries.js";

export function Reproduction({ run }: { run: Run }) {
  const [open, setOpen] = useState(false);
  return (
    <Card
      title="Reproduce it"
      hint="Hashes of network and data, options, seed, versions and hardware of this run, and the blueprint it trained."
      actions={
        <Button aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Hide" : "Show"} what is needed
        </Button>
      }
    >
      {open ? <Needed run={run} /> : null}
    </Card>
  );
}

function Needed({ run }: { run: Run }) {
  const { data, trouble, fetching, retry } = useAnswer({ query: REPRODUCTION, variables: { id: run.id } });
  const found = data?.run?.reproduction;
  if (!found && fetching) return <Skeleton />;
  if (!found) {
    const reason = trouble ?? "nothing is recorded yet; ask again once the run has started";
    return <Trouble onRetry={retry}>{reason}</Trouble>;
  }
  return (
    <div className="grid min-w-0 gap-6 lg:grid-cols-2">
      <Json title="Record" value={found.record} name={`${fileName(run.name)}-reproduction.json`} />
      <Json title="Blueprint" value={found.document} name={`${fileName(run.name)}-blueprint.json`} />
    </div>
  );
}

function Json({ title, value, name }: { title: string; value: unknown; name: string }) {
  const text = JSON.stringify(value, null, 2);
  return (
    <div className="grid min-w-0 content-start gap-2">
      <div className="flex items-center gap-2">
        <h3 className="grow text-sm font-medium">{title}</h3>
        <Button onClick={() => copy(text, title)}>
          <Copy size={16} aria-hidden="true" /> Copy
        </Button>
        <Button onClick={() => save(text, name)}>
          <Download size={16} aria-hidden="true" /> Download
        </Button>
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
        tabIndex={0}
        className="max-h-80 overflow-auto rounded-[10px] bg-sunken p-3 font-mono text-xs break-words whitespace-pre-wrap"
      >
        {text}
      </pre>
    </div>
  );
}
