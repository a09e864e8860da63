/** Giving the selected node another id. */

import { useDoing, useEditing } from "./editing.js";
import { RenameDialog } from "./renameDialog.js";
import { useLook } from "./view.js";

export function RenameNode() {
  const { bench, commands, view } = useEditing();
  const open = useDoing(({ dialog }) => dialog === "rename");
  const id = useLook(view, ({ selection }) => selection[0] ?? "");
  return (
    <RenameDialog
      open={open && id !== ""}
      title={`Rename ${id}`}
      label="Name"
      name={id}
      onClose={() => bench.set({ dialog: null })}
      onName={async (name) => commands.rename(id, name)}
    />
  );
}
