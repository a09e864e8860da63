/** What a network costs, in three figures. */

import { bytes, count, exact } from "../format/figures.js";
import { Fact } from "../ui/card.js";

export interface Counted {
  readonly params: string;
  readonly macs: string;
  readonly training_bytes: string;
}

/** Counts as the analysis has them; a dash while nothing is known. */
export function Totals({ totals }: { totals: Counted | null }) {
  return (
    <dl className="grid grid-cols-3 gap-3" aria-live="polite">
      <Fact label="Parameters" title={totals ? exact(totals.params) : ""}>
        {totals ? count(totals.params) : "–"}
      </Fact>
      <Fact label="Multiply-adds" title={totals ? exact(totals.macs) : ""}>
        {totals ? count(totals.macs) : "–"}
      </Fact>
      <Fact
        label="Memory to train"
        title={totals ? `${exact(totals.training_bytes)} bytes, for one sample with Adam` : ""}
      >
        {totals ? bytes(totals.training_bytes) : "–"}
      </Fact>
    </dl>
  );
}
