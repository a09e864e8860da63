/** The way to a page of an architecture. */

import { useQuery } from "urql";
import type { Crumb } from "../ui/frame.js";
import { PROJECT } from "./queries.js";

export function useCrumbs(projectId: string, id: string, name: string, page: string): readonly Crumb[] {
  const [{ data }] = useQuery({ query: PROJECT, variables: { id: projectId }, requestPolicy: "cache-first" });
  return [
    { label: data?.project?.name ?? "Project", href: `/projects/${projectId}` },
    { label: name, href: `/architectures/${id}` },
    { label: page },
  ];
}
