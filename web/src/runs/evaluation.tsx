/** How good the trained network is on what it has never seen: the test split. */

import { exact, percent } from "../format/figures.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { Card } from "../ui/card.js";
import { Skeleton, Trouble } from "../ui/states.js";
import { ClassTable } from "./classTable.js";
import { Confusion } from "./confusion.js";
import { evaluationOf } from "./judgement.js";
import { EVALUATION } from "./queries.js";
import { figure } from "./series.js";

export function Judgement({ id }: { id: string }) {
  const { data, trouble, fetching, retry } = useAnswer({ query: EVALUATION, variables: { id } });
  const evaluation = evaluationOf(data?.run?.evaluation);
  if (!evaluation) {
    if (fetching) return <Skeleton className="h-64" />;
    return trouble ? <Trouble onRetry={retry}>The evaluation cannot be read: {trouble}.</Trouble> : null;
  }
  const { samples, accuracy, loss } = evaluation;
  return (
    <Card
      title="Evaluation"
      hint={`The best epoch's weights on the test split: accuracy ${percent(accuracy)}, loss ${figure(loss)}, ${exact(samples)} samples.`}
    >
      <div className="grid min-w-0 gap-6 lg:grid-cols-2">
        <Confusion evaluation={evaluation} />
        <ClassTable classes={evaluation.classes} />
      </div>
    </Card>
  );
}
