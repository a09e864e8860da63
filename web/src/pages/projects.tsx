/** All projects: found by their names, opened, renamed, begun. */

import { Plus, SearchX, Waypoints } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useClient } from "urql";
import { useLocation } from "wouter";
import { command } from "../gateway/outcome.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { Button, ButtonLink } from "../ui/button.js";
import { INPUT } from "../ui/field.js";
import { Frame } from "../ui/frame.js";
import { NameDialog } from "../ui/nameDialog.js";
import { Paged } from "../ui/paged.js";
import { ReadOnlyNote } from "../ui/readOnlyNote.js";
import { SearchBox } from "../ui/searchBox.js";
import { Empty, Skeleton, Trouble } from "../ui/states.js";
import { GRID } from "./pictureCard.js";
import { ProjectCard } from "./projectCard.js";
import { CREATE_PROJECT, OF_PROJECTS, PROJECTS } from "./queries.js";
import { type Order, useListing } from "./useListing.js";

const PAGE = 24;
/** Of what is searched for, in characters. */
const LONGEST = 80;

export default function Projects() {
  const [creating, setCreating] = useState(false);
  const { query, order, typed, setTyped, setOrder } = useListing();
  const readOnly = useReadOnly() !== null;
  const create = readOnly ? (
    <ReadOnlyNote />
  ) : (
    <Button look="primary" onClick={() => setCreating(true)}>
      <Plus size={18} aria-hidden="true" /> New project
    </Button>
  );
  const first = useProjects({ query, order, after: "" }).page;
  const none = first?.nodes.length === 0 && query === "";
  return (
    <Frame title="Projects" actions={none ? null : create}>
      {none ? (
        <FirstVisit readOnly={readOnly}>{create}</FirstVisit>
      ) : (
        <div className="grid gap-5">
          <div className="flex gap-2">
            <SearchBox label="Search projects" value={typed} onChange={setTyped} />
            <Sorting order={order} onOrder={setOrder} />
          </div>
          <Paged key={`${order} ${query}`}>
            {(after, more) => <ProjectPage {...{ query, order, after, more }} onClear={() => setTyped("")} />}
          </Paged>
        </div>
      )}
      {creating ? <NewProject onClose={() => setCreating(false)} /> : null}
    </Frame>
  );
}

interface Asked {
  readonly query: string;
  readonly order: Order;
  readonly after: string;
}

function useProjects(asked: Asked) {
  const answer = useAnswer({ query: PROJECTS, variables: { ...asked, first: PAGE }, context: OF_PROJECTS });
  return { ...answer, page: answer.data?.projects };
}

interface PageProps extends Asked {
  readonly more: (next: string | null) => ReactNode;
  readonly onClear: () => void;
}

function ProjectPage({ more, onClear, ...asked }: PageProps) {
  const { page, trouble, retry } = useProjects(asked);
  if (trouble) return <Trouble onRetry={retry}>{trouble}</Trouble>;
  if (!page) return <Waiting />;
  if (page.nodes.length === 0) return <NotFound query={asked.query} onClear={onClear} />;
  return (
    <>
      <ul className={GRID} aria-label="Projects">
        {page.nodes.map((project) => (
          <ProjectCard key={project.id} {...project} />
        ))}
      </ul>
      {more(page.nextPageToken)}
    </>
  );
}

function Sorting({ order, onOrder }: { order: Order; onOrder: (order: Order) => void }) {
  return (
    <div className="w-36">
      <select
        aria-label="Sort"
        value={order}
        onChange={({ currentTarget }) => onOrder(currentTarget.value as Order)}
        className={INPUT}
      >
        <option value="NEWEST">Newest first</option>
        <option value="NAME">By name</option>
      </select>
    </div>
  );
}

function NewProject({ onClose }: { onClose: () => void }) {
  const client = useClient();
  const [, go] = useLocation();
  const create = async (name: string, key: string) => {
    const { id } = await command(client, CREATE_PROJECT, { name, key }, "createProject");
    go(`/projects/${id}/templates`);
  };
  return <NameDialog title="New project" action="Create" onName={create} onClose={onClose} />;
}

function FirstVisit({ readOnly, children }: { readOnly: boolean; children: ReactNode }) {
  if (readOnly) {
    return (
      <Empty
        icon={<Waypoints />}
        title="No project is open to you here"
        action={<ButtonLink href="/organisation">Your organisations</ButtonLink>}
      >
        A viewer sees the projects that are open to the organisation. Ask a member to open one, or go on in another
        organisation of yours.
      </Empty>
    );
  }
  return (
    <Empty icon={<Waypoints />} title="Begin with a project" action={children}>
      A project holds networks, the data they learn from, and their runs. Name one, choose a template, and you are
      drawing.
    </Empty>
  );
}

function NotFound({ query, onClear }: { query: string; onClear: () => void }) {
  return (
    <Empty
      icon={<SearchX />}
      title="No project has this in its name"
      action={<Button onClick={onClear}>Show all projects</Button>}
    >
      <span dir="auto" className="break-words">
        {query.length > LONGEST ? `${query.slice(0, LONGEST)}…` : query}
      </span>
    </Empty>
  );
}

function Waiting() {
  return (
    <div role="status" aria-label="Reading the projects" className={GRID}>
      {[1, 2, 3].map((each) => (
        <Skeleton key={each} className="h-64" />
      ))}
    </div>
  );
}
