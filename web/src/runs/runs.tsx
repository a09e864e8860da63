/** All runs of a project: found, ordered, compared, taken away as a table. */

import { Download, FlaskConical } from "lucide-react";
import { useState } from "react";
import { useClient } from "urql";
import { refusalOf } from "../gateway/outcome.js";
import { useCrumbs } from "../pages/useCrumbs.js";
import { Button, ButtonLink } from "../ui/button.js";
import { Frame } from "../ui/frame.js";
import { notify } from "../ui/notices.js";
import { Empty, Skeleton, Trouble } from "../ui/states.js";
import { fileName, save } from "../ui/take.js";
import { Comparison } from "./comparison.js";
import { csv } from "./csv.js";
import { Filters } from "./filters.js";
import { type Listing, variablesOf } from "./listing.js";
import { RUNS, type Run } from "./queries.js";
import { RunTable } from "./runTable.js";
import { useListing } from "./useListing.js";
import { type Names, useNames } from "./useNames.js";
import { useRunPages } from "./useRunPages.js";

const CSV_PAGE = 100;

export default function RunsPage({ id }: { id: string }) {
  const [listing, change] = useListing();
  const crumbs = useCrumbs(id, { label: listing.comparing ? "Compare runs" : "Runs" });
  return (
    <Frame title={listing.comparing ? "Compare runs" : "Runs"} crumbs={crumbs}>
      {listing.comparing ? (
        <Comparison project={id} listing={listing} onChange={change} />
      ) : (
        <RunList project={id} listing={listing} onChange={change} />
      )}
    </Frame>
  );
}

interface Props {
  readonly project: string;
  readonly listing: Listing;
  readonly onChange: (change: (listing: Listing) => Listing) => void;
}

function RunList({ project, listing, onChange }: Props) {
  const { runs, stale, reading, refusal, more, again } = useRunPages(project, listing);
  const names = useNames(project, runs ?? []);
  const narrowed = listing.query !== "" || listing.architecture !== "" || listing.states.length > 0;
  if (runs?.length === 0 && !narrowed && !stale) return <None project={project} />;
  return (
    <div className="grid grid-cols-1 gap-5">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div className="min-w-0 grow">
          <Filters listing={listing} architectures={names.architectures} onChange={onChange} />
        </div>
        <DownloadTable project={project} listing={listing} names={names} />
      </div>
      {refusal ? <Trouble onRetry={again}>{refusal.message}</Trouble> : null}
      {runs === null && !refusal ? <Skeleton className="h-64" /> : null}
      {runs?.length === 0 && !stale ? (
        <Empty
          title="No run is like that"
          action={
            <Button onClick={() => onChange((now) => ({ ...now, query: "", architecture: "", states: [] }))}>
              Show all runs
            </Button>
          }
        >
          Loosen the filter, or look at all runs of the project.
        </Empty>
      ) : null}
      {runs && runs.length > 0 ? (
        <div aria-busy={stale} className={`transition-opacity ${stale ? "opacity-60" : ""}`}>
          <RunTable runs={runs} names={names} listing={listing} onChange={onChange} />
        </div>
      ) : null}
      {more ? (
        <Button busy={reading} onClick={more} className="justify-self-center">
          Load more
        </Button>
      ) : null}
      <ChosenBar listing={listing} onChange={onChange} />
    </div>
  );
}

function None({ project }: { project: string }) {
  return (
    <Empty
      icon={<FlaskConical size={24} />}
      title="Nothing has been trained yet"
      action={
        <ButtonLink look="primary" href={`/projects/${project}`}>
          To the project
        </ButtonLink>
      }
    >
      Open an architecture of this project, save a version, and train it; its run will appear here.
    </Empty>
  );
}

function ChosenBar({ listing, onChange }: Pick<Props, "listing" | "onChange">) {
  const { length } = listing.chosen;
  if (length === 0) return null;
  return (
    <div
      role="status"
      className="sticky bottom-4 z-20 flex flex-wrap items-center gap-2 rounded-card border border-line bg-raised p-2 pl-4 shadow-float sm:justify-self-center"
    >
      <span className="grow text-sm sm:mr-6">
        {length === 1 ? "1 run chosen; choose another" : `${length} runs chosen`}
      </span>
      <Button look="quiet" onClick={() => onChange((now) => ({ ...now, chosen: [] }))}>
        Clear
      </Button>
      <Button look="primary" disabled={length < 2} onClick={() => onChange((now) => ({ ...now, comparing: true }))}>
        Compare
      </Button>
    </div>
  );
}

/** All runs of the filter, also those that are not loaded. */
function DownloadTable({ project, listing, names }: { project: string; listing: Listing; names: Names }) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    const runs: Run[] = [];
    for (let after: string | null = ""; after !== null; ) {
      const variables = variablesOf(project, listing, CSV_PAGE, after);
      const { data, error } = await client.query(RUNS, variables, { requestPolicy: "network-only" }).toPromise();
      if (!data) {
        setBusy(false);
        notify({ text: error ? refusalOf(error).message : "the runs could not be read; try again", tone: "bad" });
        return;
      }
      runs.push(...data.runs.nodes);
      after = data.runs.nextPageToken;
    }
    setBusy(false);
    save(csv(runs, names), `${fileName(names.project ?? "project")}-runs.csv`, "text/csv");
  };
  return (
    <Button busy={busy} onClick={download}>
      <Download size={16} aria-hidden="true" /> CSV
    </Button>
  );
}
