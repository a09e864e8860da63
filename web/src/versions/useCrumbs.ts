/** The way to a page of an architecture. */

import { useCrumbs as useProjectCrumbs } from "../pages/useCrumbs.js";
import type { Crumb } from "../ui/frame.js";

export function useCrumbs(project: string, id: string, name: string, page: string): readonly Crumb[] {
  return useProjectCrumbs(project, { label: name, href: `/architectures/${id}` }, { label: page });
}
