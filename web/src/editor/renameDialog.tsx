/** Asking for another name, of a node or of the drawing. */

import { useState } from "react";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";

interface Props {
  readonly open: boolean;
  readonly title: string;
  readonly label: string;
  readonly name: string;
  readonly onClose: () => void;
  /** What is wrong with a name, null where it was taken. */
  readonly onName: (name: string) => Promise<string | null>;
}

export function RenameDialog({ open, title, onClose, ...rest }: Props) {
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <Form {...rest} onClose={onClose} />
    </Dialog>
  );
}

function Form({ label, name, onClose, onName }: Omit<Props, "open" | "title">) {
  const [text, setText] = useState(name);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const rename = async () => {
    if (!text.trim()) return setProblem("A name needs at least one character");
    setBusy(true);
    const trouble = await onName(text.trim());
    setBusy(false);
    setProblem(trouble);
    if (trouble === null) onClose();
  };
  return (
    <form
      className="grid gap-4 pt-1"
      onSubmit={(event) => {
        event.preventDefault();
        void rename();
      }}
    >
      <TextField
        label={label}
        value={text}
        problem={problem}
        dir="auto"
        maxLength={200}
        onFocus={({ target }) => target.select()}
        onChange={({ target }) => setText(target.value)}
      />
      <Button type="submit" look="primary" busy={busy} className="justify-self-end">
        Rename
      </Button>
    </form>
  );
}
