/** Options of earlier runs of this network, to begin with. */

import { History } from "lucide-react";
import { useEffect, useRef } from "react";
import { useQuery } from "urql";
import { ago, percent } from "../format/figures.js";
import { RUN, RUNS, type Run } from "../runs/queries.js";
import { STATES } from "../runs/states.js";
import { Button } from "../ui/button.js";
import { Menu } from "../ui/menu.js";

const MOST = 8;

interface Props {
  readonly project: string;
  readonly architecture: string;
  /** The run whose options are wanted from the start. */
  readonly as: string | null;
  readonly onTake: (run: Run) => void;
}

export function Earlier({ project, architecture, as, onTake }: Props) {
  const variables = {
    project,
    architecture,
    states: null,
    query: "",
    order: "CREATED_AT" as const,
    descending: true,
    first: MOST,
    after: "",
  };
  const [{ data }] = useQuery({ query: RUNS, variables });
  const [{ data: asked }] = useQuery({ query: RUN, variables: { id: as ?? "" }, pause: as === null });
  const taken = useRef(false);
  useEffect(() => {
    if (!asked?.run || taken.current) return;
    taken.current = true;
    onTake(asked.run);
  }, [asked, onTake]);
  const runs = data?.runs.nodes ?? [];
  if (runs.length === 0) return null;
  const actions = runs.map((run) => ({
    label: [
      run.name,
      STATES[run.state].word.toLowerCase(),
      run.testAccuracy === null ? "" : percent(run.testAccuracy),
      ago(run.createdAt),
    ]
      .filter(Boolean)
      .join(" · "),
    onSelect: () => onTake(run),
  }));
  return (
    <Menu label="Earlier runs" groups={[actions]}>
      <Button>
        <History size={16} aria-hidden="true" /> As in an earlier run
      </Button>
    </Menu>
  );
}
