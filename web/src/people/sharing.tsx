/** Who sees a project: its visibility, and links that show it to whoever has them. */

import { useClient } from "urql";
import type { ResultOf } from "../gateway/graphql.js";
import { command, sentence } from "../gateway/outcome.js";
import { useSession } from "../gateway/session.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { useCommand } from "../gateway/useCommand.js";
import { Dialog } from "../ui/dialog.js";
import { Skeleton, Trouble } from "../ui/states.js";
import { OF_LINKS, SHARING, SHOW_PROJECT } from "./queries.js";
import { Secret } from "./secret.js";
import { ShareLinks } from "./shareLinks.js";

type Visibility = NonNullable<ResultOf<typeof SHARING>["project"]>["visibility"];

const CHOICES: readonly { readonly value: Visibility; readonly label: string; readonly means: string }[] = [
  { value: "PRIVATE", label: "Private", means: "who created it, and the organisation's admins" },
  { value: "ORGANISATION", label: "Organisation", means: "everybody in the organisation, by their role" },
  { value: "PUBLIC", label: "Public", means: "anybody who has its address, who can look but change nothing" },
];

export default function Sharing({ project, onClose }: { project: string; onClose: () => void }) {
  const { data, trouble, retry } = useAnswer({ query: SHARING, variables: { project }, context: OF_LINKS });
  const me = useSession(({ user }) => user?.id);
  const admin = useSession(({ role }) => role === "admin" || role === "owner");
  const own = admin || data?.project?.createdBy === me;
  return (
    <Dialog open onClose={onClose} title="Share the project">
      <div className="grid grid-cols-1 gap-6 pt-2">
        {trouble ? <Trouble onRetry={retry}>{trouble}</Trouble> : null}
        {data?.project ? (
          <>
            <Visible project={project} visibility={data.project.visibility} own={own} />
            {data.project.visibility === "PUBLIC" ? (
              <Secret label="Public address" value={`${location.origin}/shared?project=${project}`}>
                Anybody can look at the project here, without an account.
              </Secret>
            ) : null}
            <ShareLinks project={project} links={data.shareLinks} own={own} />
          </>
        ) : trouble ? null : (
          <Skeleton className="h-64" />
        )}
      </div>
    </Dialog>
  );
}

function Visible({ project, visibility, own }: { project: string; visibility: Visibility; own: boolean }) {
  const client = useClient();
  const { send, under, busy, trouble } = useCommand((to: Visibility, key) =>
    command(client, SHOW_PROJECT, { id: project, visibility: to, key }, "setProjectVisibility"),
  );
  return (
    <fieldset className="grid gap-2" disabled={busy || !own}>
      <legend className="pb-1 text-sm font-medium">Who sees it</legend>
      {CHOICES.map(({ value, label, means }) => (
        <label
          key={value}
          className="flex min-h-11 cursor-pointer items-start gap-3 rounded-card border border-line p-3 has-disabled:cursor-not-allowed has-checked:border-accent has-checked:bg-accent-soft"
        >
          <input
            type="radio"
            name="visibility"
            className="mt-0.5 size-4 shrink-0 accent-accent"
            checked={(under ?? visibility) === value}
            onChange={() => void send(value)}
          />
          <span className="min-w-0">
            <span className="block text-sm font-medium">{label}</span>
            <span className="block text-xs text-muted">{means}</span>
          </span>
        </label>
      ))}
      {own ? null : (
        <p className="text-xs text-muted">Who created the project changes this, and the organisation's admins.</p>
      )}
      {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
    </fieldset>
  );
}
