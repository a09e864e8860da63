/** Giving the selected node another id. */

import { Refusal } from "../gateway/outcome.js";
import { NameDialog } from "../ui/nameDialog.js";
import { useDoing, useEditing } from "./editing.js";
import { useLook } from "./view.js";

export function RenameNode() {
  const { bench, commands, view } = useEditing();
  const open = useDoing(({ dialog }) => dialog === "rename");
  const id = useLook(view, ({ selection }) => selection[0] ?? "");
  if (!open || id === "") return null;
  const close = () => bench.set({ dialog: null });
  const rename = async (name: string) => {
    const problem = commands.rename(id, name);
    if (problem !== null) throw new Refusal("REJECTED", problem, "name");
    close();
  };
  return <NameDialog title={`Rename ${id}`} initial={id} action="Rename" onName={rename} onClose={close} />;
}
