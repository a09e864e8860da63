/** Moments and documents of an architecture, from the gateway. */

import { client } from "../gateway/client.js";
import { Refusal, refusalOf } from "../gateway/outcome.js";
import { REVISIONS, STATE } from "./queries.js";
import type { Archive } from "./timeline.js";

/** What is past never changes: an answer that is known is the answer. */
const PAST = { requestPolicy: "cache-first" } as const;

export function archiveOf(id: string): Archive {
  return {
    async moments(after) {
      const policy = after === "" ? ({ requestPolicy: "network-only" } as const) : PAST;
      const { data, error } = await client.query(REVISIONS, { id, after }, policy).toPromise();
      if (error || !data) throw error ? refusalOf(error) : missing();
      const moments = data.revisions.nodes.map(({ revision, savedVersion, ...rest }) => {
        return { ...rest, revision: Number(revision), saved: savedVersion };
      });
      return { moments, next: data.revisions.nextPageToken };
    },
    async document(revision) {
      const { data, error } = await client.query(STATE, { id, revision: String(revision) }, PAST).toPromise();
      if (error) throw refusalOf(error);
      if (!data?.architecture) throw missing();
      return data.architecture.document;
    },
  };
}

function missing(): Refusal {
  return new Refusal("NOT_FOUND", "this revision does not exist, or is not yours to see");
}
