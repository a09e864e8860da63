/** How good the trained network is on what it has never seen: the test split. */

import { percent } from "../format/figures.js";
import { Card } from "../ui/card.js";
import { ClassTable } from "./classTable.js";
import { Confusion } from "./confusion.js";
import { evaluationOf } from "./judgement.js";
import { figure } from "./series.js";

export function Judgement({ given }: { given: unknown }) {
  const evaluation = evaluationOf(given);
  if (!evaluation) return null;
  const { samples, accuracy, loss } = evaluation;
  return (
    <Card
      title="Evaluation"
      hint={`The best epoch's weights on the test split: accuracy ${percent(accuracy)}, loss ${figure(loss)}, ${samples.toLocaleString("en")} samples.`}
    >
      <div className="grid min-w-0 gap-6 lg:grid-cols-2">
        <Confusion evaluation={evaluation} />
        <ClassTable classes={evaluation.classes} />
      </div>
    </Card>
  );
}
