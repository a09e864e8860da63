/** A blueprint from a file before it becomes an architecture: what it is, and what is wrong with it. */

import { useEffect, useMemo, useRef, useState } from "react";
import { DocumentError, text } from "../blueprint/index.js";
import { sentence } from "../gateway/outcome.js";
import { Button } from "../ui/button.js";
import { beginIn, Dialog } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { Loading, Trouble } from "../ui/states.js";
import { type Blueprint, blueprintOf } from "./importing.js";
import { Thumbnail } from "./thumbnail.js";
import { Totals } from "./totals.js";
import { useCreate } from "./useCreate.js";
import { useFile } from "./useFile.js";

interface Props {
  readonly file: File;
  readonly project: string;
  readonly onClose: () => void;
}

export default function ImportDialog({ file, project, onClose }: Props) {
  const bytes = useFile(file);
  return (
    <Dialog open wide onClose={onClose} title="Import a blueprint" description={file.name}>
      {bytes ? (
        <Read name={file.name} bytes={bytes} project={project} onClose={onClose} />
      ) : (
        <Loading label="Reading the file" />
      )}
    </Dialog>
  );
}

type ReadProps = Omit<Props, "file"> & { readonly name: string; readonly bytes: Uint8Array | Error };

function Read({ name, bytes, project, onClose }: ReadProps) {
  const read = useMemo(() => attempt(name, bytes), [name, bytes]);
  if (!(read instanceof Error)) return <Checked blueprint={read} project={project} onClose={onClose} />;
  return (
    <div className="grid gap-4 pt-2">
      <Trouble>{read.message}</Trouble>
      <p className="text-sm text-muted">
        A blueprint is a JSON document, such as an architecture exported from here or written by the command line.
      </p>
      <Button className="justify-self-end" onClick={onClose}>
        Close
      </Button>
    </div>
  );
}

function attempt(name: string, bytes: Uint8Array | Error): Blueprint | Error {
  if (bytes instanceof Error) return bytes;
  try {
    return blueprintOf(name, bytes);
  } catch (error) {
    if (error instanceof DocumentError) return error;
    throw error;
  }
}

function Checked({ blueprint, project, onClose }: { blueprint: Blueprint; project: string; onClose: () => void }) {
  const { graph, document, analysis } = blueprint;
  const [name, setName] = useState(graph.name);
  const { create, busy, trouble } = useCreate(project);
  const { params, macs, trainingBytes } = analysis.totals;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (form.current) beginIn(form.current);
  }, []);
  return (
    <form
      ref={form}
      noValidate
      className="grid gap-4 pt-2"
      onSubmit={(event) => {
        event.preventDefault();
        create({ name: name.trim() || graph.name, document });
      }}
    >
      <Thumbnail
        document={graph}
        label="How it is wired"
        className="aspect-[1.75] max-h-[34dvh] w-full rounded-card bg-sunken p-3"
      />
      <Totals totals={{ params: text(params), macs: text(macs), training_bytes: text(trainingBytes) }} />
      <Problems blueprint={blueprint} />
      <TextField
        label="Name"
        value={name}
        maxLength={200}
        dir="auto"
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" busy={busy}>
          Create
        </Button>
      </div>
    </form>
  );
}

const MOST = 5;

function Problems({ blueprint: { analysis } }: { blueprint: Blueprint }) {
  const { issues } = analysis;
  if (issues.length === 0) return null;
  return (
    <section className="grid gap-2 rounded-card bg-warn-soft px-4 py-3 text-sm text-warn" aria-label="Problems">
      <p className="font-medium">
        {issues.length === 1 ? "One thing is to be mended" : `${issues.length} things are to be mended`}; the editor
        helps with it.
      </p>
      <ul className="grid list-disc gap-1 pl-5">
        {issues.slice(0, MOST).map(({ code, message }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same may be wrong twice.
          <li key={at} dir="auto" className="break-words" title={code}>
            {message}
          </li>
        ))}
        {issues.length > MOST ? <li>and {issues.length - MOST} more</li> : null}
      </ul>
    </section>
  );
}
