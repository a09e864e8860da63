/** The chosen runs and one series of each; read again while some of them are not over. */

import { useEffect, useState } from "react";
import { type Client, useClient } from "urql";
import { type Curve, decoded } from "../charts/curve.js";
import { isOver, METRICS, RUN, type Run } from "./queries.js";

export interface Compared {
  readonly run: Run;
  /** Series the run has. */
  readonly series: readonly string[];
  readonly curve: Curve | null;
}

const POINTS = 512;
const WHILE_RUNNING_MS = 3_000;
const FRESH = { requestPolicy: "network-only" } as const;

/** null until the answers are there; runs that cannot be read are left out. `metric` is empty for the first there is. */
export function useCompared(ids: readonly string[], metric: string): readonly Compared[] | null {
  const client = useClient();
  const asked = ids.join();
  const [found, setFound] = useState<readonly Compared[] | null>(null);
  useEffect(() => {
    let [wanted, timer]: [boolean, ReturnType<typeof setTimeout> | undefined] = [true, undefined];
    const read = async () => {
      const ids = asked === "" ? [] : asked.split(",");
      const all = await Promise.all(ids.map((id) => one(client, id, metric)));
      if (!wanted) return;
      const compared = all.filter((each) => each !== null);
      setFound(compared);
      if (compared.some(({ run }) => !isOver(run.state))) timer = setTimeout(read, WHILE_RUNNING_MS);
    };
    void read();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, asked, metric]);
  return found;
}

async function one(client: Client, id: string, metric: string): Promise<Compared | null> {
  const series = metric === "" ? null : [metric];
  const [{ data }, { data: known }, { data: points }] = await Promise.all([
    client.query(RUN, { id }, FRESH).toPromise(),
    client.query(METRICS, { id, series: null, points: 1 }, FRESH).toPromise(),
    series ? client.query(METRICS, { id, series, points: POINTS }, FRESH).toPromise() : { data: null },
  ]);
  if (!data?.run) return null;
  const [found] = points?.run?.metrics ?? [];
  return {
    run: data.run,
    series: known?.run?.metrics.map(({ name }) => name) ?? [],
    curve: found ? decoded(found) : null,
  };
}
