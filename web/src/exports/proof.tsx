/** What the comparison of an export with the trained network found, in words and figures. */

import { exact } from "../format/figures.js";
import { Fact, Facts } from "../ui/card.js";
import type { Export } from "./queries.js";

type Validation = NonNullable<Export["validation"]>;

export function Proof({ validation }: { validation: Validation }) {
  const { samples, maxAbsDiff, tolerance, argmaxMismatches, minCosine } = validation;
  return (
    <div className="grid gap-3">
      <p className="text-sm">{inWords(validation)}</p>
      <Facts>
        <Fact label="Samples compared">{exact(samples)}</Fact>
        <Fact label="Largest difference" title={String(maxAbsDiff)}>
          {scientific(maxAbsDiff)}
        </Fact>
        <Fact label="Allowed">{scientific(tolerance)}</Fact>
        <Fact label="Other class">{exact(argmaxMismatches)}</Fact>
        <Fact label="Least cosine" title={String(minCosine)}>
          {minCosine.toFixed(6)}
        </Fact>
      </Facts>
    </div>
  );
}

export function inWords({ samples, maxAbsDiff, tolerance, argmaxMismatches }: Validation): string {
  const compared = `On ${exact(samples)} real samples`;
  const within = maxAbsDiff <= tolerance;
  if (within && argmaxMismatches === 0) {
    return `${compared} its raw outputs equal the trained network's within the tolerance, and every sample gets the same class.`;
  }
  const outputs = within ? "its outputs are within the tolerance" : "its outputs differ by more than the tolerance";
  const classes = argmaxMismatches === 1 ? "1 sample gets" : `${exact(argmaxMismatches)} samples get`;
  return `${compared} ${outputs}, and ${classes} another class.`;
}

function scientific(value: number): string {
  return value === 0
    ? "0"
    : value
        .toExponential(1)
        .replace("e-", " × 10⁻")
        .replace(/⁻(\d+)$/, (_, digits) => `⁻${raised(digits)}`);
}

function raised(digits: string): string {
  return [...digits].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
}
