/** A new architecture from a state: of a saved version a fork, which can be merged again; else a copy. */

import { useState } from "react";
import { useClient, useQuery } from "urql";
import { useLocation } from "wouter";
import type { Graph } from "../blueprint/index.js";
import type { Drawing } from "../canvas/drawing.js";
import { documentOf } from "../canvas/wire.js";
import { useDrawn } from "../editor/useDrawing.js";
import { newKey } from "../gateway/keys.js";
import { command, Refusal, refusalOf, sentence } from "../gateway/outcome.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { SelectField, TextField } from "../ui/field.js";
import { Trouble } from "../ui/states.js";
import { COPY, FORK, PROJECTS, type Version } from "./queries.js";

interface Props {
  readonly id: string;
  readonly drawing: Drawing;
  readonly graph: Graph;
  readonly version: Version | undefined;
  readonly revision: number;
  readonly onClose: () => void;
}

const LONGEST_NAME = 100;

export function ForkDialog({ id, drawing, graph, version, revision, onClose }: Props) {
  const client = useClient();
  const [, navigate] = useLocation();
  const [own, home] = [useDrawn(drawing, (drawn) => drawn.name), useDrawn(drawing, (drawn) => drawn.projectId)];
  const [name, setName] = useState(`${[...own].slice(0, LONGEST_NAME - 5).join("")} ${version ? "fork" : "copy"}`);
  const [projectId, setProject] = useState(home);
  const [key, setKey] = useState(newKey);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [{ data, error }] = useQuery({ query: PROJECTS });
  const make = () =>
    version
      ? command(client, FORK, { id, version: version.number, projectId, name, key }, "forkArchitecture")
      : command(client, COPY, { projectId, name, document: documentOf(graph), key }, "createArchitecture");
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      navigate(`/architectures/${(await make()).id}`);
    } catch (error) {
      if (error instanceof Refusal && !error.retry) setKey(newKey());
      setProblem(error);
      setBusy(false);
    }
  };
  const field = problem instanceof Refusal && problem.field === "name" ? problem.message : null;
  const title = version ? `Fork version ${version.number}` : `Copy revision ${revision}`;
  const description = version
    ? "A new architecture that begins as this version. What is done there can be merged here again."
    : "A new architecture that begins as this state. It does not remember where it came from; save a version to fork.";
  return (
    <Dialog open onClose={onClose} title={title} description={description}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          label="Name"
          value={name}
          maxLength={LONGEST_NAME}
          required
          dir="auto"
          problem={field}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField label="Project" value={projectId} onChange={(event) => setProject(event.target.value)}>
          {(data?.projects.nodes ?? [{ id: home, name: "This project" }]).map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        {error ? <Trouble>{refusalOf(error).message}</Trouble> : null}
        {problem && !field ? <Trouble>{sentence(problem)}</Trouble> : null}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={busy} disabled={!name.trim()}>
            {version ? "Fork" : "Copy"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
