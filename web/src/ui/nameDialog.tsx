/** Asks for a name, for something new or something renamed; what is refused stands at the field. */

import { type FormEvent, useState } from "react";
import { Refusal, sentence } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { TextField } from "./field.js";
import { Trouble } from "./states.js";

interface Props {
  readonly title: string;
  readonly initial?: string;
  readonly action: string;
  /** Throws Refusal; the key stays the same as long as the name does, so that sending it again does no harm. */
  readonly onName: (name: string, key: string) => Promise<void>;
  readonly onClose: () => void;
}

export function NameDialog({ title, initial = "", action, onName, onClose }: Props) {
  const [name, setName] = useState(initial);
  const [empty, setEmpty] = useState(false);
  const { send, busy, trouble, drop } = useCommand(onName);
  const write = (text: string) => {
    setName(text);
    setEmpty(false);
    drop();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") setEmpty(true);
    else void send(name.trim());
  };
  const atField = trouble instanceof Refusal && trouble.field === "name";
  return (
    <Dialog open onClose={onClose} title={title}>
      <form onSubmit={submit} noValidate className="grid gap-4 pt-2">
        <TextField
          label="Name"
          name="name"
          value={name}
          maxLength={200}
          autoComplete="off"
          dir="auto"
          onChange={({ currentTarget }) => write(currentTarget.value)}
          problem={empty ? "write a name" : atField ? trouble.message : null}
        />
        {trouble && !atField ? <Trouble>{sentence(trouble)}</Trouble> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
