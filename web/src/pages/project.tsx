/** A project: its architectures, its newest runs, its data. */

import { PencilLine, Plus, Share2, Waypoints } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useReadOnly } from "../gateway/readOnly.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { Button, ButtonLink } from "../ui/button.js";
import { Frame } from "../ui/frame.js";
import { NotFound } from "../ui/notFound.js";
import { Paged } from "../ui/paged.js";
import { ReadOnlyNote } from "../ui/readOnlyNote.js";
import { Empty, Loading, Skeleton, Trouble } from "../ui/states.js";
import { ArchitectureCard } from "./architectureCard.js";
import { Datasets } from "./datasets.js";
import { RenameProject } from "./projectCard.js";
import { ARCHITECTURES, OF_ARCHITECTURES, PROJECT } from "./queries.js";
import { RecentRuns } from "./recentRuns.js";

const Sharing = lazy(() => import("../people/sharing.js"));

const PAGE = 24;

export default function ProjectPage({ id }: { id: string }) {
  const { data, trouble, retry } = useAnswer({ query: PROJECT, variables: { id } });
  const [renaming, setRenaming] = useState(false);
  const [sharing, setSharing] = useState(false);
  const readOnly = useReadOnly() !== null;
  if (data && !data.project) return <NotFound what="project" />;
  if (!data && !trouble) return <Loading label="Opening the project" />;
  const name = data?.project?.name ?? "Project";
  const actions = readOnly ? (
    <ReadOnlyNote />
  ) : data ? (
    <>
      <Button onClick={() => setSharing(true)}>
        <Share2 size={16} aria-hidden="true" /> Share
      </Button>
      <Button onClick={() => setRenaming(true)}>
        <PencilLine size={16} aria-hidden="true" /> Rename
      </Button>
      <NewArchitecture project={id} />
    </>
  ) : null;
  return (
    <Frame title={name} crumbs={[{ label: "Projects", href: "/" }, { label: name }]} actions={actions}>
      {trouble ? (
        <Trouble onRetry={retry}>{trouble}</Trouble>
      ) : (
        <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
          <Architectures project={id} />
          <div className="grid min-w-0 gap-5">
            <RecentRuns project={id} />
            <Datasets project={id} />
          </div>
        </div>
      )}
      {sharing ? (
        <Suspense>
          <Sharing project={id} onClose={() => setSharing(false)} />
        </Suspense>
      ) : null}
      {renaming ? <RenameProject id={id} name={name} onClose={() => setRenaming(false)} /> : null}
    </Frame>
  );
}

function NewArchitecture({ project }: { project: string }) {
  return (
    <ButtonLink look="primary" href={`/projects/${project}/templates`}>
      <Plus size={18} aria-hidden="true" /> New architecture
    </ButtonLink>
  );
}

function Architectures({ project }: { project: string }) {
  return (
    <section aria-labelledby="architectures" className="grid min-w-0 gap-4">
      <h2 id="architectures" className="text-base font-semibold">
        Architectures
      </h2>
      <Paged>{(after, more) => <ArchitecturePage project={project} after={after} more={more} />}</Paged>
    </section>
  );
}

const TWO = "grid grid-cols-1 gap-4 sm:grid-cols-2 sm:gap-5";

function ArchitecturePage(props: { project: string; after: string; more: (next: string | null) => ReactNode }) {
  const { project, after, more } = props;
  const { data, trouble, retry } = useAnswer({
    query: ARCHITECTURES,
    variables: { project, first: PAGE, after },
    context: OF_ARCHITECTURES,
  });
  if (trouble) return <Trouble onRetry={retry}>{trouble}</Trouble>;
  if (!data) return <Skeleton className="h-64" />;
  const { nodes, nextPageToken } = data.architectures;
  if (nodes.length === 0) return <None project={project} />;
  return (
    <>
      <ul className={TWO} aria-label="Architectures">
        {nodes.map((architecture) => (
          <ArchitectureCard key={architecture.id} {...architecture} />
        ))}
      </ul>
      {more(nextPageToken)}
    </>
  );
}

function None({ project }: { project: string }) {
  if (useReadOnly() !== null) {
    return (
      <Empty icon={<Waypoints />} title="Nothing is drawn yet">
        What the people of this project draw appears here.
      </Empty>
    );
  }
  return (
    <Empty icon={<Waypoints />} title="Nothing is drawn yet" action={<NewArchitecture project={project} />}>
      Take a template, a file you have, or an empty page; every shape and count is worked out while you draw.
    </Empty>
  );
}
