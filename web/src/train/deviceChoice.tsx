/** Where to train: devices with their free places and their price in the organisation's plan. */

import { bytes, duration, money } from "../format/figures.js";
import { Badge } from "../ui/states.js";
import type { Device, Machines } from "./queries.js";

interface Props {
  readonly machines: Machines;
  readonly chosen: string;
  readonly onChoose: (device: string) => void;
}

export function DeviceChoice({ machines, chosen, onChoose }: Props) {
  return (
    <div role="radiogroup" aria-label="Device" className="grid gap-2 sm:grid-cols-2">
      {machines.devices.map((device) => (
        <label
          key={device.name}
          className="flex min-h-11 cursor-pointer items-start gap-3 rounded-[10px] border border-line p-3 has-checked:border-accent has-checked:bg-accent-soft"
        >
          <input
            type="radio"
            name="device"
            checked={chosen === device.name}
            onChange={() => onChoose(device.name)}
            className="mt-0.5 size-4 accent-accent"
          />
          <span className="grid min-w-0 grow gap-0.5 text-sm">
            <span className="flex flex-wrap items-center gap-2">
              <span className="font-medium">{device.name}</span>
              {device.kind === device.name ? null : <span className="text-muted">{device.kind}</span>}
              <Badge tone={device.freeSlots > 0 ? "good" : "warn"}>
                {device.freeSlots > 0 ? `${device.freeSlots} of ${device.slots} free` : "busy: runs queue"}
              </Badge>
            </span>
            <span className="tabular text-xs text-muted">
              {[price(device, machines), quota(device, machines), memory(device)].filter(Boolean).join(" · ")}
            </span>
          </span>
        </label>
      ))}
    </div>
  );
}

function price({ kind }: Device, { usage: { plan } }: Machines): string {
  const allowance = plan.allowances.find(({ deviceKind }) => deviceKind === kind);
  if (!allowance) return `not in the plan ${plan.title}`;
  return allowance.microDollarsPerHour === "0" ? "no charge" : `${money(allowance.microDollarsPerHour)} an hour`;
}

function quota({ kind }: Device, { usage }: Machines): string {
  const used = usage.devices.find(({ deviceKind }) => deviceKind === kind);
  const left = used?.remainingMilliseconds;
  return left === null || left === undefined ? "" : `${duration(left)} left this month`;
}

function memory({ memoryBytes }: Device): string {
  return memoryBytes === "0" ? "" : bytes(memoryBytes);
}
