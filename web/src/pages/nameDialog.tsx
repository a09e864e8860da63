/** Asks for a name, for something new or something renamed; what is refused stands at the field. */

import { type FormEvent, useState } from "react";
import { newKey } from "../gateway/keys.js";
import { Refusal, sentence } from "../gateway/outcome.js";
import { useRetry } from "../gateway/useRetry.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { Trouble } from "../ui/states.js";
import { isUnreachable } from "./useAnswer.js";

interface Props {
  readonly title: string;
  readonly initial?: string;
  readonly action: string;
  /** Throws Refusal; the key stays the same until the name changes, so that sending it again does no harm. */
  readonly onName: (name: string, key: string) => Promise<void>;
  readonly onClose: () => void;
}

export function NameDialog({ title, initial = "", action, onName, onClose }: Props) {
  const [name, setName] = useState(initial);
  const [key, setKey] = useState(newKey);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<unknown>(null);
  const write = (text: string) => {
    setName(text);
    setKey(newKey());
    setTrouble(null);
  };
  const send = () => {
    setBusy(true);
    setTrouble(null);
    onName(name.trim(), key).catch((error) => {
      setTrouble(error);
      setBusy(false);
    });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return setTrouble(new Refusal("REJECTED", "write a name", "name"));
    send();
  };
  useRetry(isUnreachable(trouble), send);
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
          autoFocus
          dir="auto"
          onChange={({ currentTarget }) => write(currentTarget.value)}
          problem={atField ? trouble.message : null}
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
