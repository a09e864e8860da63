/** A template in the gallery, with its picture as soon as it comes near the screen. */

import { useAnswer } from "../gateway/useAnswer.js";
import { Desk } from "./pictureCard.js";
import { TEMPLATE_PICTURE, type TemplateRow } from "./queries.js";
import { useSeen } from "./useSeen.js";

export function TemplateCard({ template, onChoose }: { template: TemplateRow; onChoose: () => void }) {
  const [card, seen] = useSeen<HTMLLIElement>();
  const variables = { template: { name: template.name } };
  const { data, trouble } = useAnswer({
    query: TEMPLATE_PICTURE,
    variables,
    requestPolicy: "cache-first",
    pause: !seen,
  });
  return (
    <li
      ref={card}
      className="relative flex min-w-0 flex-col overflow-hidden rounded-card border border-line bg-surface shadow-card transition-shadow hover:shadow-float has-[button:focus-visible]:outline-2 has-[button:focus-visible]:outline-offset-2 has-[button:focus-visible]:outline-accent-text"
    >
      <Desk document={data?.templatePreview.document} failed={trouble !== null} />
      <div className="grid content-start gap-1 border-t border-line px-4 py-3.5">
        <h2 className="text-[15px] font-semibold">
          <button type="button" onClick={onChoose} className="outline-none after:absolute after:inset-0">
            {template.title}
          </button>
        </h2>
        <p className="text-sm text-muted text-pretty">{template.summary}</p>
      </div>
    </li>
  );
}
