/** Naming what is drawn a version, with a few words about it. */

import { useState } from "react";
import { useLocation } from "wouter";
import { useDrawn } from "../canvas/useDrawing.js";
import { sentence } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { notify } from "../ui/notices.js";
import { Trouble } from "../ui/states.js";
import { useDoing, useEditing } from "./editing.js";

export function SaveVersion() {
  const { bench, drawing } = useEditing();
  const open = useDoing(({ dialog }) => dialog === "save");
  const latest = useDrawn(drawing, ({ latestVersion }) => latestVersion);
  const close = () => bench.set({ dialog: null });
  const about = latest === 0 ? "It will be version 1." : `The newest so far is version ${latest}.`;
  return (
    <Dialog open={open} onClose={close} title="Save version" description={`${about} Versions never change.`}>
      <Form close={close} />
    </Dialog>
  );
}

function Form({ close }: { close: () => void }) {
  const { drawing, view } = useEditing();
  const [message, setMessage] = useState("");
  const [, go] = useLocation();
  const errors = useDrawn(
    drawing,
    ({ analysis }) => analysis.issues.filter(({ severity }) => severity === "error").length,
  );
  const saved = (number: number) => {
    close();
    const action = { label: "Train it", onSelect: () => go(`/architectures/${drawing.id}/train`) };
    notify({ text: `Saved version ${number}.`, tone: "good", action });
  };
  const { send, busy, trouble } = useCommand((message: string, key) => drawing.save(message, key), saved);
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void send(message.trim());
      }}
    >
      <TextField
        label="Message"
        help="What is new in it, for those who look at the versions later. It may stay empty."
        value={message}
        maxLength={500}
        dir="auto"
        onChange={({ target }) => setMessage(target.value)}
      />
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
      <div className="flex flex-wrap justify-end gap-2">
        {errors > 0 ? (
          <Button
            onClick={() => {
              close();
              view.show("problems");
            }}
          >
            Show {errors} {errors === 1 ? "problem" : "problems"}
          </Button>
        ) : null}
        <Button type="submit" look="primary" busy={busy}>
          Save version
        </Button>
      </div>
    </form>
  );
}
