/** A new architecture from a state: of a saved version a fork, which can be merged again; else a copy. */

import { useState } from "react";
import { useClient } from "urql";
import { useLocation } from "wouter";
import type { Graph } from "../blueprint/index.js";
import type { Drawing } from "../canvas/drawing.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { documentOf } from "../canvas/wire.js";
import { command, Refusal, sentence } from "../gateway/outcome.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { useCommand } from "../gateway/useCommand.js";
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
  const projects = useAnswer({ query: PROJECTS, variables: {} });
  const { send, busy, trouble, drop } = useCommand(
    (asked: { name: string; projectId: string }, key) =>
      version
        ? command(client, FORK, { id, version: version.number, ...asked, key }, "forkArchitecture")
        : command(client, COPY, { ...asked, document: documentOf(graph), key }, "createArchitecture"),
    (made) => navigate(`/architectures/${made.id}`),
  );
  const atName = trouble instanceof Refusal && trouble.field === "name" ? trouble.message : null;
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
          void send({ name: name.trim(), projectId });
        }}
      >
        <TextField
          label="Name"
          value={name}
          maxLength={LONGEST_NAME}
          required
          dir="auto"
          problem={atName}
          onChange={(event) => {
            setName(event.target.value);
            drop();
          }}
        />
        <SelectField
          label="Project"
          value={projectId}
          onChange={(event) => {
            setProject(event.target.value);
            drop();
          }}
        >
          {(projects.data?.projects.nodes ?? [{ id: home, name: "This project" }]).map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        {projects.trouble ? <Trouble onRetry={projects.retry}>{projects.trouble}</Trouble> : null}
        {trouble && !atName ? <Trouble>{sentence(trouble)}</Trouble> : null}
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
