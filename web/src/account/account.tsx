/** One's own account: where one is signed in, how one signs in, and the end of it. */

import { useSearch } from "wouter";
import { day } from "../format/figures.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { Card, Fact, Facts } from "../ui/card.js";
import { Frame } from "../ui/frame.js";
import { Loading, Trouble } from "../ui/states.js";
import { DeletionCard } from "./deletionCard.js";
import { troubleIn } from "./doors.js";
import { PasswordCard } from "./passwordCard.js";
import { ProvidersCard } from "./providersCard.js";
import { ACCOUNT, OF_ACCOUNT } from "./queries.js";
import { SessionsCard } from "./sessionsCard.js";

export default function AccountPage() {
  const { data, trouble, retry } = useAnswer({ query: ACCOUNT, variables: {}, context: OF_ACCOUNT });
  const told = troubleIn(useSearch());
  if (!data && !trouble) return <Loading label="Opening your account" />;
  return (
    <Frame title="Account" crumbs={[{ label: "Projects", href: "/" }, { label: "Account" }]}>
      {trouble ? <Trouble onRetry={retry}>{trouble}</Trouble> : null}
      {told ? <Trouble>{told}</Trouble> : null}
      {data ? (
        <div className="grid max-w-3xl gap-4">
          <Card title="You">
            <Facts columns="grid-cols-1 sm:grid-cols-3">
              <Fact label="Name" title={data.me.user.name}>
                {data.me.user.name}
              </Fact>
              <Fact label="E-mail" title={data.me.user.email}>
                {data.me.user.email}
              </Fact>
              <Fact label="Since">{day(data.me.user.createdAt)}</Fact>
            </Facts>
          </Card>
          <SessionsCard />
          <PasswordCard present={data.me.hasPassword} email={data.me.user.email} />
          <ProvidersCard linked={data.me.providers} />
          <DeletionCard />
        </div>
      ) : null}
    </Frame>
  );
}
