/** A command of a page: takes effect once, however often it is sent, and is sent again as soon as there is a connection. */

import { useRef, useState } from "react";
import { newKey } from "./keys.js";
import { Refusal } from "./outcome.js";
import { useRetry } from "./useRetry.js";

interface Sent<Asked> {
  readonly asked: Asked;
  readonly content: string;
  readonly key: string;
}

/** `act` sends what is asked under a key, which stays the same until an answer is there; throws Refusal. */
export function useCommand<Asked, Answer>(
  act: (asked: Asked, key: string) => Promise<Answer>,
  onDone: (answer: Answer, asked: Asked) => void = () => {},
) {
  const sent = useRef<Sent<Asked> | null>(null);
  const [under, setUnder] = useState<{ readonly asked: Asked } | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const send = async (asked: Asked) => {
    const content = JSON.stringify(asked);
    if (sent.current?.content !== content) sent.current = { asked, content, key: newKey() };
    setUnder({ asked });
    setTrouble(null);
    try {
      const answer = await act(asked, sent.current.key);
      sent.current = null;
      onDone(answer, asked);
    } catch (error) {
      if (!(error instanceof Refusal && error.retry)) sent.current = null;
      setTrouble(error);
    }
    setUnder(null);
  };
  const unreachable = trouble instanceof Refusal && trouble.code === "UNREACHABLE";
  useRetry(unreachable, () => sent.current && void send(sent.current.asked));
  return {
    send,
    busy: under !== null,
    /** What is being asked, null for nothing. */
    under: under?.asked ?? null,
    trouble,
    /** Something else is wanted: what was not answered is not sent again, nor its trouble shown. */
    drop: () => setTrouble(null),
  };
}
