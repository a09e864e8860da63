/** Where an architecture begins: an empty page, a file, or one of the templates. */

import { Eye, FileUp, SearchX, SquareDashed } from "lucide-react";
import { type DragEvent, lazy, type ReactNode, Suspense, useState } from "react";
import { useSearchParams } from "wouter";
import { useReadOnly } from "../gateway/readOnly.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { Button, ButtonLink } from "../ui/button.js";
import { type Crumb, Frame } from "../ui/frame.js";
import { NotFound } from "../ui/notFound.js";
import { SearchBox } from "../ui/searchBox.js";
import { Empty, Loading, Trouble } from "../ui/states.js";
import { BeginningCard, FileCard } from "./beginningCard.js";
import { EmptyPageDialog } from "./emptyPageDialog.js";
import { GRID } from "./pictureCard.js";
import { PROJECT, TEMPLATES, type TemplateRow } from "./queries.js";
import { TemplateCard } from "./templateCard.js";
import { TemplateDialog } from "./templateDialog.js";
import { useCrumbs } from "./useCrumbs.js";

const ImportDialog = lazy(() => import("./importDialog.js"));

export default function Templates({ id }: { id: string }) {
  const { data: at } = useAnswer({ query: PROJECT, variables: { id } });
  const { data, trouble, retry } = useAnswer({ query: TEMPLATES, variables: {} });
  const [typed, setTyped] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [params, setParams] = useSearchParams();
  const crumbs = useCrumbs(id, { label: "New architecture" });
  const readOnly = useReadOnly();
  if (at && !at.project) return <NotFound what="project" />;
  const chosen = data?.templates.find(({ name }) => name === params.get("template"));
  if (readOnly !== null) return <NotForViewers project={id} crumbs={crumbs} reason={readOnly} />;
  return (
    <Frame title="New architecture" crumbs={crumbs}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a shortcut; the card to import does the same for everybody. */}
      <div
        className="grid min-h-[60dvh] content-start gap-5"
        onDragOver={allow}
        onDrop={(event) => dropped(event, setFile)}
      >
        <SearchBox label="Search templates" value={typed} onChange={setTyped} />
        {trouble ? <Trouble onRetry={retry}>{trouble}</Trouble> : null}
        {!data && !trouble ? <Loading label="Reading the templates" /> : null}
        {data ? (
          <Gallery
            templates={data.templates.filter((template) => matches(template, typed))}
            onClear={() => setTyped("")}
          >
            {typed.trim() === "" ? <Beginnings project={id} onFile={setFile} /> : null}
          </Gallery>
        ) : null}
      </div>
      {chosen ? (
        <TemplateDialog
          key={chosen.name}
          template={chosen}
          project={id}
          onClose={() => setParams({}, { replace: true })}
        />
      ) : null}
      <Suspense>{file ? <ImportDialog file={file} project={id} onClose={() => setFile(null)} /> : null}</Suspense>
    </Frame>
  );
}

function NotForViewers(props: { project: string; crumbs: readonly Crumb[]; reason: string }) {
  const { project, crumbs, reason } = props;
  const back = <ButtonLink href={`/projects/${project}`}>To the project</ButtonLink>;
  return (
    <Frame title="New architecture" crumbs={crumbs}>
      <Empty icon={<Eye size={24} />} title="Only members begin architectures" action={back}>
        {reason}. What others drew can be looked at.
      </Empty>
    </Frame>
  );
}

interface GalleryProps {
  readonly templates: readonly TemplateRow[];
  readonly onClear: () => void;
  readonly children: ReactNode;
}

function Gallery({ templates, onClear, children }: GalleryProps) {
  const [, setParams] = useSearchParams();
  if (templates.length === 0) {
    return (
      <Empty
        icon={<SearchX />}
        title="No template is called so"
        action={<Button onClick={onClear}>Show all templates</Button>}
      >
        Search for less, such as “resnet” or “text”, or begin on an empty page.
      </Empty>
    );
  }
  return (
    <ul className={GRID} aria-label="Templates">
      {children}
      {templates.map((template) => (
        <TemplateCard key={template.name} template={template} onChoose={() => setParams({ template: template.name })} />
      ))}
    </ul>
  );
}

/** The ways without a template. */
function Beginnings({ project, onFile }: { project: string; onFile: (file: File) => void }) {
  const [naming, setNaming] = useState(false);
  return (
    <>
      <BeginningCard
        icon={<SquareDashed size={28} />}
        title="Empty page"
        summary="Nothing on it yet; layer by layer as you like."
        onChoose={() => setNaming(true)}
      />
      <FileCard
        icon={<FileUp size={28} />}
        title="Import a file"
        summary="A blueprint as JSON; choose it, or drop it anywhere here."
        onFile={onFile}
      />
      {naming ? <EmptyPageDialog project={project} onClose={() => setNaming(false)} /> : null}
    </>
  );
}

/** Every word is somewhere in its name, title or summary. */
function matches({ name, title, summary }: TemplateRow, typed: string): boolean {
  const whole = `${name} ${title} ${summary}`.toLowerCase();
  return typed
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .every((word) => whole.includes(word));
}

function allow(event: DragEvent): void {
  if (event.dataTransfer.types.includes("Files")) event.preventDefault();
}

function dropped(event: DragEvent, take: (file: File) => void): void {
  const file = event.dataTransfer.files[0];
  if (!file) return;
  event.preventDefault();
  take(file);
}
