/** What can be done with the selected nodes: behind a long press, a right click, or a button. */

import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalDistributeCenter,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalDistributeCenter,
  Boxes,
  Clipboard,
  Copy,
  CopyPlus,
  ListChecks,
  LogIn,
  Pencil,
  Scissors,
  SlidersHorizontal,
  Spline,
  Trash2,
  Ungroup,
} from "lucide-react";
import type { ReactNode } from "react";
import type { Alignment } from "../canvas/aligning.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { readOnlyReason } from "../gateway/readOnly.js";
import { type Action, Menu } from "../ui/menu.js";
import { type Editing, useDoing, useEditing } from "./editing.js";
import { beginConnecting } from "./pending.js";
import { useLook } from "./view.js";

export const ALIGNMENTS: readonly (readonly [alignment: Alignment, label: string, icon: ReactNode])[] = [
  ["left", "Align left", <AlignStartVertical key="left" size={16} />],
  ["centre", "Align centres", <AlignCenterVertical key="centre" size={16} />],
  ["right", "Align right", <AlignEndVertical key="right" size={16} />],
  ["top", "Align top", <AlignStartHorizontal key="top" size={16} />],
  ["middle", "Align middles", <AlignCenterHorizontal key="middle" size={16} />],
  ["bottom", "Align bottom", <AlignEndHorizontal key="bottom" size={16} />],
  ["across", "Distribute across", <AlignHorizontalDistributeCenter key="across" size={16} />],
  ["down", "Distribute down", <AlignVerticalDistributeCenter key="down" size={16} />],
];

export function SelectionMenu() {
  const editing = useEditing();
  const at = useDoing(({ menu }) => menu);
  const selection = useLook(editing.view, (look) => look.selection);
  useDrawn(editing.drawing, ({ graph }) => graph);
  if (!at || selection.length === 0) return null;
  return (
    <Menu
      label="Selection"
      open
      onOpenChange={(open) => open || editing.bench.set({ menu: null })}
      groups={readOnlyReason() === null ? actionsOf(editing) : lookingAt(editing)}
    >
      <span aria-hidden="true" className="fixed size-px" style={{ left: at.x, top: at.y }} />
    </Menu>
  );
}

/** For guests and viewers. */
function lookingAt({ commands, view }: Editing): readonly (readonly Action[])[] {
  const block = commands.selection.length === 1 && commands.node(commands.selection[0])?.graph;
  const open = { label: "Open the Block", icon: <LogIn size={16} />, onSelect: () => commands.open() };
  const settings = { label: "Settings", icon: <SlidersHorizontal size={16} />, onSelect: () => view.show("inspector") };
  const copy = { label: "Copy", icon: <Copy size={16} />, onSelect: () => commands.clipboard.copyOut() };
  return [block ? [open, settings, copy] : [settings, copy]];
}

function actionsOf(editing: Editing): readonly (readonly Action[])[] {
  const { commands, bench, view } = editing;
  const { selection } = commands;
  const one = selection.length === 1 ? commands.node(selection[0]) : undefined;
  const single: Action[] = one
    ? [
        ...(one.graph ? [{ label: "Open the Block", icon: <LogIn size={16} />, onSelect: () => commands.open() }] : []),
        { label: "Settings", icon: <SlidersHorizontal size={16} />, onSelect: () => view.show("inspector") },
        { label: "Connect", icon: <Spline size={16} />, shortcut: "C", onSelect: () => beginConnecting(editing) },
        {
          label: "Rename",
          icon: <Pencil size={16} />,
          shortcut: "F2",
          onSelect: () => bench.set({ dialog: "rename" }),
        },
      ]
    : [];
  const lines = ALIGNMENTS.map(([alignment, label, icon]) => {
    return { label, icon, onSelect: () => commands.align(alignment) };
  });
  return [single, copies(editing), blocks(editing), selection.length > 1 ? lines : [], removal(editing)].filter(
    (group) => group.length > 0,
  );
}

const copies = ({ commands, bench }: Editing): Action[] => [
  { label: "Duplicate", icon: <CopyPlus size={16} />, shortcut: "D", onSelect: () => commands.clipboard.duplicate() },
  { label: "Copy", icon: <Copy size={16} />, onSelect: () => commands.clipboard.copyOut() },
  { label: "Cut", icon: <Scissors size={16} />, onSelect: () => commands.clipboard.copyOut() && commands.remove() },
  { label: "Paste", icon: <Clipboard size={16} />, onSelect: () => commands.clipboard.paste() },
  {
    label: "Select more",
    icon: <ListChecks size={16} />,
    onSelect: () => {
      bench.set({ selectingMore: true });
      bench.say("Tap nodes to select them too");
    },
  },
];

function blocks({ commands }: Editing): Action[] {
  const { selection } = commands;
  const block = selection.length === 1 && commands.node(selection[0])?.graph;
  const group = {
    label: "Group into a Block",
    icon: <Boxes size={16} />,
    shortcut: "G",
    onSelect: () => commands.group(),
  };
  const ungroup = { label: "Dissolve the Block", icon: <Ungroup size={16} />, onSelect: () => commands.ungroup() };
  return block ? [group, ungroup] : [group];
}

const removal = ({ commands }: Editing): Action[] => [
  { label: "Delete", icon: <Trash2 size={16} />, danger: true, onSelect: () => commands.remove() },
];
