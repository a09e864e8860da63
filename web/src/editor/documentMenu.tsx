/** The drawing's other pages, the drawing as a file, and the account. */

import { Code, Download, FileClock, Keyboard, Pencil, Play, Save } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { useDrawn } from "../canvas/useDrawing.js";
import { documentOf } from "../canvas/wire.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { useAccountActions } from "../ui/account.js";
import { type Action, Menu, type MenuProps } from "../ui/menu.js";
import { RenameArchitecture } from "../ui/renameArchitecture.js";
import { fileName, save } from "../ui/take.js";
import { useEditing } from "./editing.js";

/** `extra`: what the place of the menu adds to it, first. */
interface Props extends Pick<MenuProps, "children"> {
  readonly extra?: readonly Action[];
}

export function DocumentMenu({ children, extra = [] }: Props) {
  const { drawing, bench } = useEditing();
  const name = useDrawn(drawing, (drawn) => drawn.name);
  const [, go] = useLocation();
  const [renaming, setRenaming] = useState(false);
  const page = `/architectures/${drawing.id}`;
  const readOnly = useReadOnly() !== null;
  const train = { label: "Train", icon: <Play size={16} />, onSelect: () => go(`${page}/train`) };
  const pages: Action[] = [
    ...(readOnly ? [] : [train]),
    { label: "Versions", icon: <FileClock size={16} />, onSelect: () => go(`${page}/versions`) },
    { label: "Source", icon: <Code size={16} />, onSelect: () => go(`${page}/source`) },
  ];
  const changes: Action[] = [
    { label: "Save version", icon: <Save size={16} />, onSelect: () => bench.set({ dialog: "save" }) },
    { label: "Rename", icon: <Pencil size={16} />, onSelect: () => setRenaming(true) },
  ];
  const file: Action[] = [
    ...(readOnly ? [] : changes),
    {
      label: "Download JSON",
      icon: <Download size={16} />,
      onSelect: () => {
        const document = { ...(documentOf(drawing.state.getState().graph) as object), name };
        save(JSON.stringify(document, null, 2), `${fileName(name)}.json`);
      },
    },
    {
      label: "Shortcuts",
      icon: <Keyboard size={16} />,
      shortcut: "?",
      onSelect: () => bench.set({ dialog: "shortcuts" }),
    },
  ];
  const groups = [extra, pages, file, ...useAccountActions()].filter((group) => group.length > 0);
  return (
    <>
      <Menu label="More" groups={groups}>
        {children}
      </Menu>
      {renaming ? (
        <RenameArchitecture
          id={drawing.id}
          name={name}
          onNamed={(name) => drawing.state.setState({ name })}
          onClose={() => setRenaming(false)}
        />
      ) : null}
    </>
  );
}
