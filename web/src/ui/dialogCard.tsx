/** What a dialog is made of, once one is opened. */

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { IconButton } from "./button.js";
import { beginIn, type DialogProps } from "./dialog.js";

export function DialogCard({ open, onClose, title, description, wide = false, children }: DialogProps) {
  const width = wide ? "sm:max-w-3xl" : "sm:max-w-md";
  return (
    <Radix.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Radix.Content
          onOpenAutoFocus={toFirstField}
          className={`fixed inset-x-0 bottom-0 z-50 flex max-h-[88dvh] flex-col rounded-t-[20px] bg-raised shadow-float sm:inset-x-auto sm:bottom-auto sm:left-1/2 sm:top-1/2 sm:w-[calc(100vw-2rem)] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-[20px] ${width}`}
          {...(description ? {} : { "aria-describedby": undefined })}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-2">
            <div className="min-w-0 grow">
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {description ? (
                <Radix.Description className="mt-1 text-sm text-muted">{description}</Radix.Description>
              ) : null}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close" className="-mt-2 -mr-2.5 sm:-mt-1">
                <X size={18} />
              </IconButton>
            </Radix.Close>
          </header>
          <div className="overflow-y-auto px-5 pb-[max(1.25rem,env(safe-area-inset-bottom))]">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Where there are keys, writing begins at once; a finger's keyboard would hide half of what is asked. */
function toFirstField(event: Event): void {
  if (beginIn(event.currentTarget as HTMLElement)) event.preventDefault();
}
