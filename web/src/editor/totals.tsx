/** What the whole drawing costs, in one line; opened, what training it takes and where it fits. */

import { ChevronDown } from "lucide-react";
import { Popover } from "radix-ui";
import { text } from "../blueprint/index.js";
import { isExpression } from "../blueprint/polynomials.js";
import type { Drawing } from "../canvas/drawing.js";
import { type Told, toldBytes, toldCount } from "../canvas/figuring.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { TotalsDetails } from "./totalsDetails.js";
import type { View } from "./view.js";

export function Totals({ drawing, view }: { drawing: Drawing; view: View }) {
  const { totals } = useDrawn(drawing, ({ analysis }) => analysis);
  const training = useDrawn(drawing, ({ training }) => training);
  const memory = toldBytes(totals.trainingBytes);
  const flops = `${toldCount(totals.macs).exact} MACs, ${toldCount(totals.flops).exact} FLOPs for one sample`;
  return (
    <Popover.Root>
      <div className="flex min-h-11 min-w-0 items-center gap-1 pl-3 sm:pl-4">
        <div role="status" aria-label="Totals" className="flex min-w-0 items-baseline gap-x-4 overflow-clip text-sm">
          <Figure name="parameters" short="params" told={toldCount(totals.params)} />
          <Figure name="MACs" told={{ ...toldCount(totals.macs), exact: flops }} />
          {totals.trainingBytes === 0 ? null : (
            <Figure
              name={`to train at batch ${training.batch}`}
              short={`at ${training.batch}`}
              told={
                isExpression(totals.trainingBytes)
                  ? { short: "open sizes", exact: `${text(totals.trainingBytes)} bytes` }
                  : memory
              }
            />
          )}
        </div>
        <Popover.Trigger asChild>
          <button
            type="button"
            aria-label="Memory and GPUs"
            title="Memory and GPUs"
            className="group grid size-11 shrink-0 place-items-center rounded-[10px] text-muted hover:bg-sunken hover:text-ink sm:size-9"
          >
            <ChevronDown
              size={18}
              aria-hidden="true"
              className="transition-transform group-data-[state=open]:rotate-180"
            />
          </button>
        </Popover.Trigger>
      </div>
      <Popover.Portal>
        <Popover.Content
          aria-label="Memory and GPUs"
          onOpenAutoFocus={stay}
          sideOffset={8}
          collisionPadding={8}
          className="z-50 max-h-[min(44rem,var(--radix-popover-content-available-height))] w-[min(26rem,calc(100vw-1rem))] overflow-y-auto rounded-[16px] border border-line bg-raised p-5 shadow-float outline-none"
        >
          <TotalsDetails drawing={drawing} view={view} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** The first control is a text field; focus there would bring up a phone's keyboard. */
function stay(event: Event): void {
  event.preventDefault();
  (event.currentTarget as HTMLElement).focus();
}

function Figure({ name, short = name, told }: { name: string; short?: string; told: Told }) {
  return (
    <span
      className={`tabular truncate whitespace-nowrap ${told.short.length > 10 ? "min-w-0" : "shrink-0"}`}
      title={`${told.exact} ${name}`}
    >
      <span className="font-semibold">{told.short}</span>{" "}
      <span className="text-xs text-muted">
        <span className="hidden sm:inline">{name}</span>
        <span className="sm:hidden">{short}</span>
      </span>
    </span>
  );
}
