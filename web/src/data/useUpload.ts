/** An upload on its way: a place is opened, the file is sent, a dataset is made of it. */

import { useRef, useState } from "react";
import { useClient } from "urql";
import { newKey } from "../gateway/keys.js";
import { command, sentence } from "../gateway/outcome.js";
import { perMille } from "../train/data.js";
import { type Choices, options } from "./choices.js";
import { MAKE_UPLOADED, START_UPLOAD } from "./queries.js";
import { send } from "./send.js";

export interface Upload {
  /** What is being sent, null for nothing. */
  readonly name: string | null;
  /** From 0 to 1; 1 while the dataset is made. */
  readonly share: number;
  readonly trouble: string | null;
  readonly begin: (file: File, choices: Choices) => Promise<void>;
  readonly stop: () => void;
  readonly forget: () => void;
}

interface Arrived {
  readonly file: File;
  readonly kind: string;
  readonly upload: string;
  readonly key: string;
}

export function useUpload(project: string, onMade: () => void): Upload {
  const client = useClient();
  const aborted = useRef(new AbortController());
  /** A file that has arrived is not sent again when making a dataset of it was refused or not answered. */
  const arrived = useRef<Arrived | null>(null);
  const [name, setName] = useState<string | null>(null);
  const [share, setShare] = useState(0);
  const [trouble, setTrouble] = useState<string | null>(null);

  const bring = async (file: File, { kind }: Choices, signal: AbortSignal): Promise<Arrived> => {
    const asked = { project, filename: file.name.slice(-100), kind, bytes: String(file.size), key: newKey() };
    const place = await command(client, START_UPLOAD, asked, "startUpload");
    await send(place, file, setShare, signal);
    return { file, kind, upload: place.uploadId, key: newKey() };
  };

  const make = async (file: File, choices: Choices, signal: AbortSignal) => {
    const known = arrived.current;
    const here = known?.file === file && known.kind === choices.kind ? known : await bring(file, choices, signal);
    arrived.current = { ...here, key: newKey() };
    setShare(1);
    const split = { ...perMille(choices.shares), seed: "0" };
    const asked = { project, upload: here.upload, name: choices.name.trim(), split, options: options(choices) };
    await command(client, MAKE_UPLOADED, { ...asked, key: here.key }, "createDataset");
  };

  const begin = async (file: File, choices: Choices) => {
    aborted.current = new AbortController();
    const { signal } = aborted.current;
    setName(file.name);
    setShare(0);
    setTrouble(null);
    try {
      await make(file, choices, signal);
      arrived.current = null;
      onMade();
    } catch (error) {
      if (!signal.aborted) setTrouble(sentence(error));
    }
    setName(null);
  };
  return { name, share, trouble, begin, stop: () => aborted.current.abort(), forget: () => setTrouble(null) };
}
