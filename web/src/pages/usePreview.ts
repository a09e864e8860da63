/** What a template with the chosen values would be; the last answer stays while the next is on its way. */

import { useRef } from "react";
import { useQuery } from "urql";
import { refusalOf } from "../gateway/outcome.js";
import { useSettled } from "../ui/useSettled.js";
import { TEMPLATE_PREVIEW, type TemplatePreview } from "./queries.js";
import type { Values } from "./templateForm.js";

const TYPING_MS = 300;

export function usePreview(name: string, values: Values | null) {
  const asked = useSettled(JSON.stringify(values), TYPING_MS);
  const parameters = JSON.parse(asked) as Values | null;
  const [{ data, error, fetching }] = useQuery({
    query: TEMPLATE_PREVIEW,
    variables: { template: { name, parameters } },
    requestPolicy: "cache-first",
    pause: parameters === null,
  });
  const last = useRef<TemplatePreview | null>(null);
  if (data) last.current = data.templatePreview;
  return { preview: last.current, refusal: error && !fetching ? refusalOf(error) : null, fetching };
}
