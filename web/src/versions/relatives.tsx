/** What an architecture was forked from, and its forks in the project, each to be compared and merged. */

import { GitCompare, GitFork } from "lucide-react";
import { useQuery } from "urql";
import { Link } from "wouter";
import { ButtonLink } from "../ui/button.js";
import { ABOUT, RELATIVES, type Relative } from "./queries.js";

export function Relatives({ id, projectId }: { id: string; projectId: string }) {
  const [{ data }] = useQuery({ query: RELATIVES, variables: { projectId } });
  const nodes = data?.architectures.nodes ?? [];
  const own = nodes.find((each) => each.id === id);
  const forks = nodes.filter((each) => each.originArchitectureId === id);
  if (!own?.originArchitectureId && forks.length === 0) return null;
  return (
    <section aria-labelledby="relatives">
      <h2 id="relatives" className="mb-3 text-lg font-semibold">
        Forks
      </h2>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-2">
        {own?.originArchitectureId ? <Origin id={id} own={own} origin={own.originArchitectureId} /> : null}
        {forks.map((fork) => (
          <Row
            key={fork.id}
            href={`/architectures/${fork.id}`}
            name={fork.name}
            note={`forked from version ${fork.originVersion}`}
            compare={`/architectures/${id}/compare?base=now&target=${fork.latestVersion || "now"}&with=${fork.id}`}
          />
        ))}
      </ul>
    </section>
  );
}

function Origin({ id, own, origin }: { id: string; own: Relative; origin: string }) {
  const [{ data }] = useQuery({ query: ABOUT, variables: { id: origin } });
  const found = data?.architecture;
  if (!found) return null;
  return (
    <Row
      href={`/architectures/${found.id}`}
      name={found.name}
      note={`this began as its version ${own.originVersion}`}
      compare={`/architectures/${id}/compare?base=now&target=${found.latestVersion}&with=${found.id}`}
    />
  );
}

function Row({ href, name, note, compare }: { href: string; name: string; note: string; compare: string }) {
  return (
    <li className="flex items-center gap-3 rounded-card border border-line bg-surface py-2 pr-2 pl-4">
      <GitFork size={16} aria-hidden="true" className="shrink-0 text-muted" />
      <div className="min-w-0 grow">
        <Link href={href} dir="auto" className="block truncate text-sm font-medium hover:underline">
          {name}
        </Link>
        <p className="truncate text-xs text-muted">{note}</p>
      </div>
      <ButtonLink href={compare}>
        <GitCompare size={16} aria-hidden="true" /> Compare
      </ButtonLink>
    </li>
  );
}
