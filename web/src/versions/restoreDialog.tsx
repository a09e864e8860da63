/** Asks before a drawing goes back to an earlier state, telling what that will change. */

import { useMemo, useState } from "react";
import { useLocation } from "wouter";
import type { Edit, Graph } from "../blueprint/index.js";
import type { Drawing } from "../canvas/drawing.js";
import { useDrawn } from "../canvas/useDrawing.js";
import { sentence } from "../gateway/outcome.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { notify } from "../ui/notices.js";
import { Trouble } from "../ui/states.js";
import { analysisOf } from "./analyses.js";
import { FigureTable } from "./figureTable.js";
import { restoring } from "./restoring.js";
import { SentenceList } from "./sentenceList.js";
import { changes, sentences } from "./sentences.js";
import { figures } from "./totals.js";

interface Props {
  readonly id: string;
  readonly drawing: Drawing;
  readonly graph: Graph;
  /** "version 3" */
  readonly label: string;
  readonly onClose: () => void;
}

export function RestoreDialog({ id, drawing, graph, label, onClose }: Props) {
  const now = useDrawn(drawing, (drawn) => drawn.graph);
  const [, navigate] = useLocation();
  const [problem, setProblem] = useState("");
  const { edits, told, trouble } = useMemo(() => planned(now, graph), [now, graph]);
  const restore = () => {
    try {
      drawing.edit(edits, `Restore ${label}`);
    } catch (error) {
      setProblem(sentence(error));
      return;
    }
    notify({ text: `The drawing is as in ${label} again. Undo takes that back.`, tone: "good" });
    navigate(`/architectures/${id}`);
  };
  const description =
    edits.length === 0
      ? "The drawing is just as it was then."
      : "The drawing now becomes what it was then. You can undo that.";
  return (
    <Dialog open onClose={onClose} title={`Restore ${label}`} description={description} wide>
      <div className="grid gap-4">
        {trouble || problem ? <Trouble>{trouble || problem}</Trouble> : null}
        {told.length > 0 ? (
          <>
            <FigureTable figures={figures(analysisOf(now), analysisOf(graph))} names={["Now", "Then"]} />
            <h3 className="font-semibold">{changes(told.length)}</h3>
            <SentenceList sentences={told} />
          </>
        ) : null}
        {edits.length > 0 && told.length === 0 ? <p className="text-sm">Only where nodes are drawn changes.</p> : null}
        <div className="sticky bottom-0 flex justify-end gap-2 bg-raised pt-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button look="primary" disabled={edits.length === 0} onClick={restore}>
            Restore {label}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function planned(now: Graph, then: Graph) {
  try {
    const edits = restoring(now, then);
    return { edits, told: sentences(edits, now), trouble: "" };
  } catch (error) {
    return { edits: [] as readonly Edit[], told: [], trouble: sentence(error) };
  }
}
