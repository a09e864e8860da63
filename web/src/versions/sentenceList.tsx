/** Changes as a list of sentences, each with a word for what kind it is; a long one opens step by step. */

import { useState } from "react";
import { Button } from "../ui/button.js";
import { Badge, type Tone } from "../ui/states.js";
import type { Mark } from "./comparison.js";
import type { Sentence } from "./sentences.js";

const TONES: Record<Mark, Tone> = {
  added: "good",
  removed: "bad",
  changed: "warn",
  replaced: "warn",
  renamed: "warn",
  grouped: "warn",
  ungrouped: "warn",
};
const AT_ONCE = 50;

interface Props {
  readonly sentences: readonly Sentence[];
  /** Goes to the node a sentence speaks of. */
  readonly onChoose?: (node: string) => void;
}

export function SentenceList({ sentences, onChoose }: Props) {
  const [most, setMost] = useState(AT_ONCE);
  return (
    <>
      <ul aria-label="Changes" className="grid gap-1">
        {sentences.slice(0, most).map((sentence, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: sentences have no other name, and keep their order.
          <li key={at}>
            <One sentence={sentence} {...(onChoose ? { onChoose } : {})} />
          </li>
        ))}
      </ul>
      {sentences.length > most ? (
        <Button onClick={() => setMost(most + 200)}>{`${sentences.length - most} more`}</Button>
      ) : null}
    </>
  );
}

function One({ sentence: { mark, node, text }, onChoose }: { sentence: Sentence; onChoose?: (node: string) => void }) {
  const content = (
    <>
      <span className="w-24 shrink-0">
        <Badge tone={TONES[mark]}>{mark}</Badge>
      </span>
      <bdi className="min-w-0 break-words">{text}</bdi>
    </>
  );
  const look = "flex w-full items-baseline gap-3 text-left text-sm";
  if (!onChoose) return <p className={`${look} py-1`}>{content}</p>;
  return (
    <button
      type="button"
      onClick={() => onChoose(node)}
      className={`${look} min-h-11 rounded-lg px-2 py-2 hover:bg-sunken sm:min-h-9`}
    >
      {content}
    </button>
  );
}
