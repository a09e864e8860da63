/** What the organisation's runs took of its plan in the present month. */

import { day, duration, money } from "../format/figures.js";
import { useAnswer } from "../gateway/useAnswer.js";
import { Card, Fact, Facts } from "../ui/card.js";
import { Skeleton, Trouble } from "../ui/states.js";
import { OF_USAGE, USAGE, type UsedDevice } from "./queries.js";

export function Usage() {
  const { data, trouble, retry } = useAnswer({ query: USAGE, variables: {}, context: OF_USAGE });
  const usage = data?.usage;
  return (
    <Card title="Usage" hint={usage && `${usage.plan.title}; counted anew from ${day(usage.periodEnd)}.`}>
      {trouble ? <Trouble onRetry={retry}>{trouble}</Trouble> : null}
      {usage || trouble ? null : <Skeleton className="h-16" />}
      {usage?.devices.length === 0 ? <p className="text-sm text-muted">No run has taken device time yet.</p> : null}
      {usage?.devices.map((device) => (
        <Device key={device.deviceKind} {...device} />
      ))}
    </Card>
  );
}

function Device(of: UsedDevice) {
  const { deviceKind, meteredMilliseconds, heldMilliseconds, remainingMilliseconds, meteredMicroDollars } = of;
  return (
    <section aria-label={deviceKind} className="grid gap-2">
      <h3 className="text-sm font-medium">{deviceKind}</h3>
      <Facts columns="grid-cols-2">
        <Fact label="Used">{duration(meteredMilliseconds)}</Fact>
        <Fact label="Cost">{Number(meteredMicroDollars) === 0 ? "nothing" : money(meteredMicroDollars)}</Fact>
        <Fact label="Set aside for runs">{duration(heldMilliseconds)}</Fact>
        <Fact label="Left">{remainingMilliseconds === null ? "no limit" : duration(remainingMilliseconds)}</Fact>
      </Facts>
    </section>
  );
}
