/** The run of a page, heard as long as the page is open. */

import { useEffect, useMemo } from "react";
import { useClient } from "urql";
import { LiveRun } from "./live.js";

export function useLiveRun(id: string): LiveRun {
  const client = useClient();
  const live = useMemo(() => new LiveRun(client, id), [client, id]);
  useEffect(() => live.start(), [live]);
  return live;
}
