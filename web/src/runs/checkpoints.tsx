/** The best and the last checkpoint, to download. */

import { Download } from "lucide-react";
import { ago, bytes, exact, percent } from "../format/figures.js";
import { Card } from "../ui/card.js";
import { Badge, Skeleton, Trouble } from "../ui/states.js";
import { isOver, type Run } from "./queries.js";
import { figure } from "./series.js";
import { useCheckpoints } from "./useCheckpoints.js";

export function Checkpoints({ run }: { run: Run }) {
  const { checkpoints, trouble, retry } = useCheckpoints(run.id, `${run.state}/${run.bestEpoch}`, isOver(run.state));
  return (
    <Card title="Checkpoints" hint="The best by validation accuracy, and the last, from which a broken run goes on.">
      {trouble ? <Trouble onRetry={retry}>{trouble}</Trouble> : null}
      {!checkpoints && !trouble ? <Skeleton /> : null}
      {checkpoints?.length === 0 ? (
        <p className="text-sm text-muted">
          {isOver(run.state) ? "The run ended before its first epoch did." : "The first is kept after the first epoch."}
        </p>
      ) : null}
      <ul className="grid gap-5">
        {checkpoints?.map((each) => (
          <li key={each.kind} className="grid content-start gap-2">
            <p className="flex items-center gap-2 text-sm">
              <Badge tone={each.kind === "BEST" ? "good" : "neutral"}>{each.kind === "BEST" ? "Best" : "Last"}</Badge>
              <span className="tabular">
                epoch {each.epoch}, step {exact(each.step)}
              </span>
              <span className="ml-auto text-xs text-muted" title={each.createdAt}>
                {ago(each.createdAt)}
              </span>
            </p>
            {each.kind === "BEST" ? (
              <p className="tabular text-sm text-muted">
                Validation accuracy {percent(each.validationAccuracy)}, loss {figure(each.loss)}
              </p>
            ) : null}
            <ul className="grid gap-1">
              {each.files.map((file) => (
                <li key={file.name}>
                  <a
                    href={file.url}
                    download={file.name}
                    title={`SHA-256 ${file.sha256}`}
                    className="flex min-h-11 items-center gap-3 rounded-[10px] bg-sunken px-3 text-sm hover:bg-accent-soft sm:min-h-9"
                  >
                    <Download size={16} aria-hidden="true" className="shrink-0 text-muted" />
                    <span className="min-w-0 grow truncate">{file.name}</span>
                    <span className="tabular shrink-0 text-xs text-muted">{bytes(file.bytes)}</span>
                  </a>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Card>
  );
}
