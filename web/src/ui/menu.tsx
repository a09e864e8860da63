/** A menu of actions behind a button. */

import {
  type ButtonHTMLAttributes,
  cloneElement,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useState,
} from "react";
import { missing } from "./notices.js";
import { useOverlays } from "./overlays.js";

export interface Action {
  readonly label: string;
  readonly icon?: ReactNode;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly shortcut?: string;
  /** Of a choice among others, whether it is the one that holds; asked when the menu opens. */
  readonly chosen?: () => boolean;
  readonly onSelect: () => void;
}

export interface MenuProps {
  /** The button that opens the menu. */
  readonly children: ReactElement<ButtonHTMLAttributes<HTMLElement>>;
  readonly label: string;
  /** Groups of actions, a line between them. */
  readonly groups: readonly (readonly Action[])[];
  /** Where something else than the button opens it. */
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
}

/** A button as good as any until it is pressed for the first time. */
export function Menu(props: MenuProps) {
  const [pressed, setPressed] = useState(false);
  const wanted = pressed || props.open === true;
  const parts = useOverlays(wanted, () => {
    missing(props.label);
    setPressed(false);
  });
  if (wanted && parts) return <parts.MenuList {...props} defaultOpen={pressed} />;
  return cloneElement(props.children, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onClick: () => setPressed(true),
    onKeyDown: ({ key }: KeyboardEvent) => key === "ArrowDown" && setPressed(true),
  });
}
