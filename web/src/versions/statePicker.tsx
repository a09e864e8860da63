/** Chooses a state to compare: of which architecture of the project, and which of its states. */

import { useQuery } from "urql";
import { versionTitle } from "../format/versions.js";
import { SelectField } from "../ui/field.js";
import { ABOUT, RELATIVES, VERSIONS } from "./queries.js";
import { type Spec, specOf, textOf, titleOf } from "./spec.js";

interface Props {
  readonly label: string;
  readonly projectId: string;
  readonly architecture: string;
  readonly spec: Spec;
  readonly onPick: (architecture: string, spec: Spec) => void;
}

const NOW: Spec = { kind: "now" };

export function StatePicker({ label, projectId, architecture, spec, onPick }: Props) {
  const [{ data }] = useQuery({ query: VERSIONS, variables: { id: architecture, first: 50, after: "" } });
  const value = textOf(spec);
  const versions = data?.versions.nodes ?? [];
  const listed = value === "now" || versions.some(({ number }) => String(number) === value);
  return (
    <fieldset className="m-0 flex min-w-0 gap-2 border-0 p-0 *:min-w-0 *:grow *:basis-0 sm:flex-col sm:*:basis-auto">
      <legend className="sr-only">{label}</legend>
      <ArchitectureField {...{ label, projectId, architecture }} onPick={(id) => onPick(id, NOW)} />
      <SelectField
        label={label}
        value={value}
        onChange={(event) => onPick(architecture, specOf(event.target.value) ?? NOW)}
      >
        <option value="now">As drawn now</option>
        {listed ? null : <option value={value}>{titleOf(spec)}</option>}
        {versions.map((version) => (
          <option key={version.number} value={version.number}>
            {versionTitle(version)}
          </option>
        ))}
      </SelectField>
    </fieldset>
  );
}

interface ArchitectureProps {
  readonly label: string;
  readonly projectId: string;
  readonly architecture: string;
  readonly onPick: (id: string) => void;
}

/** Absent where the project has but one architecture. */
function ArchitectureField({ label, projectId, architecture, onPick }: ArchitectureProps) {
  const [{ data }] = useQuery({ query: RELATIVES, variables: { projectId } });
  const nodes = data?.architectures.nodes ?? [];
  const listed = nodes.some(({ id }) => id === architecture);
  const [{ data: about }] = useQuery({ query: ABOUT, variables: { id: architecture }, pause: !data || listed });
  const others = listed || !about?.architecture ? nodes : [about.architecture, ...nodes];
  if (others.length < 2) return null;
  return (
    <SelectField label={`${label}: architecture`} value={architecture} onChange={(event) => onPick(event.target.value)}>
      {others.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
