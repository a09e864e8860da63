/** A dialog: a sheet from below on a phone, a card in the middle on a desk. */

import type { ReactNode } from "react";
import { missing } from "./notices.js";
import { useOverlays } from "./overlays.js";

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

export function Dialog(props: DialogProps) {
  const { open, title, onClose } = props;
  const parts = useOverlays(open, () => {
    missing(title);
    onClose();
  });
  return parts ? <parts.DialogCard {...props} /> : null;
}

/** For a dialog whose fields come after it was opened; `false` where there is nothing to write in. */
export function beginIn(part: HTMLElement): boolean {
  if (!matchMedia("(pointer: fine)").matches) return false;
  const field = part.querySelector<HTMLElement>("input:not(:disabled), textarea:not(:disabled), select:not(:disabled)");
  if (!field) return false;
  field.focus();
  if (field instanceof HTMLInputElement) field.select();
  return true;
}
