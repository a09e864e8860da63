/** What a menu is made of, once its button is pressed. */

import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { Action, MenuProps } from "./menu.js";

export function MenuList({ children, label, groups, ...opening }: MenuProps & { readonly defaultOpen: boolean }) {
  return (
    <DropdownMenu.Root modal={false} {...opening}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          aria-label={label}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-52 overflow-y-auto overscroll-contain rounded-[14px] border border-line bg-raised p-1.5 shadow-float"
        >
          {groups.map((actions, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: groups have no other name, and keep their order.
            <DropdownMenu.Group key={at}>
              {at > 0 ? <DropdownMenu.Separator className="my-1.5 h-px bg-line" /> : null}
              {actions.map((action) => (
                <Item key={action.label} {...action} />
              ))}
            </DropdownMenu.Group>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Item({ label, icon, danger, disabled, shortcut, chosen, onSelect }: Action) {
  const common = {
    disabled: disabled ?? false,
    onSelect,
    className: `flex min-h-11 items-center gap-3 rounded-[9px] px-3 text-sm outline-none select-none data-[disabled]:opacity-40 data-[highlighted]:bg-sunken sm:min-h-9 ${danger ? "text-bad" : ""}`,
  };
  const content = (
    <>
      <span className="grid size-4 place-items-center text-muted">{icon}</span>
      <span className="grow">{label}</span>
      {shortcut ? <kbd className="font-sans text-xs text-muted pointer-coarse:hidden">{shortcut}</kbd> : null}
    </>
  );
  if (!chosen) return <DropdownMenu.Item {...common}>{content}</DropdownMenu.Item>;
  return (
    <DropdownMenu.CheckboxItem {...common} role="menuitemradio" checked={chosen()}>
      {content}
      <DropdownMenu.ItemIndicator className="text-accent-text">
        <Check size={16} />
      </DropdownMenu.ItemIndicator>
    </DropdownMenu.CheckboxItem>
  );
}
