/** The way to a page of a project, which begins with the project's name. */

import { useAnswer } from "../gateway/useAnswer.js";
import type { Crumb } from "../ui/frame.js";
import { PROJECT } from "./queries.js";

export function useCrumbs(project: string, ...further: readonly Crumb[]): readonly Crumb[] {
  const { data } = useAnswer({ query: PROJECT, variables: { id: project }, requestPolicy: "cache-first" });
  return [{ label: data?.project?.name ?? "Project", href: `/projects/${project}` }, ...further];
}
