/** A saved version to take home: its PyTorch source, its document, its picture. */

import { FileCode2, GitCommitVertical } from "lucide-react";
import { useSearchParams } from "wouter";
import { versionTitle } from "../format/versions.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { ButtonLink } from "../ui/button.js";
import { SelectField } from "../ui/field.js";
import { Frame } from "../ui/frame.js";
import { NotFound } from "../ui/notFound.js";
import { Empty, Loading, Skeleton, Trouble } from "../ui/states.js";
import { PictureCard } from "./pictureCard.js";
import { ABOUT, SOURCE } from "./queries.js";
import { SourceCard } from "./sourceCard.js";
import { useCrumbs } from "./useCrumbs.js";
import { useVersions } from "./useVersions.js";

export default function SourcePage({ id }: { id: string }) {
  const { data, trouble, retry } = useAnswer({ query: ABOUT, variables: { id } });
  const about = data?.architecture;
  if (about) return <Source id={id} name={about.name} projectId={about.projectId} latest={about.latestVersion} />;
  if (data) return <NotFound what="architecture" />;
  if (!trouble) return <Loading label="Opening the source" />;
  return (
    <Frame title="Source">
      <Trouble onRetry={retry}>{trouble}</Trouble>
    </Frame>
  );
}

interface Props {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly latest: number;
}

function Source({ id, name, projectId, latest }: Props) {
  const crumbs = useCrumbs(projectId, id, name, "Source");
  const [given, setGiven] = useSearchParams();
  const wanted = Number(given.get("version"));
  const number = Number.isSafeInteger(wanted) && wanted > 0 ? wanted : latest;
  if (latest === 0) {
    return (
      <Frame title="Source" crumbs={crumbs}>
        <NothingSaved id={id} />
      </Frame>
    );
  }
  return (
    <Frame title="Source" crumbs={crumbs} wide actions={<Versions id={id} />}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
        <VersionField {...{ id, latest, number }} onPick={(next) => setGiven({ version: next }, { replace: true })} />
        <OfVersion {...{ id, name, number }} />
      </div>
    </Frame>
  );
}

function OfVersion({ id, name, number }: { id: string; name: string; number: number }) {
  const { data, trouble, fetching, retry } = useAnswer({
    query: SOURCE,
    variables: { id, version: number },
    requestPolicy: "cache-first",
  });
  if (trouble) return <Trouble onRetry={retry}>{trouble}</Trouble>;
  if (!data?.source || !data.version || fetching) return <Skeleton className="h-96" />;
  return (
    <div className="grid min-w-0 gap-8 xl:grid-cols-[minmax(0,1fr)_28rem]">
      <SourceCard source={data.source} name={name} number={number} />
      <PictureCard document={data.version.document} name={`${name} version ${number}`} />
    </div>
  );
}

function NothingSaved({ id }: { id: string }) {
  const action = (
    <ButtonLink href={`/architectures/${id}`} look="primary">
      Go to the drawing
    </ButtonLink>
  );
  return (
    <Empty icon={<FileCode2 size={24} aria-hidden="true" />} title="No version is saved yet" action={action}>
      Source is written for saved versions. Save one in the drawing with "Save version", then come back.
    </Empty>
  );
}

function Versions({ id }: { id: string }) {
  return (
    <ButtonLink href={`/architectures/${id}/versions`}>
      <GitCommitVertical size={16} aria-hidden="true" /> All versions
    </ButtonLink>
  );
}

interface FieldProps {
  readonly id: string;
  readonly latest: number;
  readonly number: number;
  readonly onPick: (number: string) => void;
}

function VersionField({ id, latest, number, onPick }: FieldProps) {
  const { versions } = useVersions(id, latest);
  const listed = versions.some((version) => version.number === number);
  return (
    <div className="max-w-xl">
      <SelectField label="Version" value={number} onChange={(event) => onPick(event.target.value)}>
        {listed ? null : <option value={number}>{`Version ${number}`}</option>}
        {versions.map((version) => (
          <option key={version.number} value={version.number}>
            {versionTitle(version)}
          </option>
        ))}
      </SelectField>
    </div>
  );
}
