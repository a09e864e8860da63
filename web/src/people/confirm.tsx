/** Asks before something ends that cannot be brought back. */

import { sentence } from "../gateway/outcome.js";
import { useCommand } from "../gateway/useCommand.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { Trouble } from "../ui/states.js";

interface Props {
  readonly title: string;
  /** What follows from it. */
  readonly children: string;
  readonly action: string;
  /** Throws Refusal. */
  readonly act: (key: string) => Promise<void>;
  readonly onClose: () => void;
}

export function Confirm({ title, children, action, act, onClose }: Props) {
  const { send, busy, trouble } = useCommand((_: null, key) => act(key), onClose);
  return (
    <Dialog open onClose={onClose} title={title} description={children}>
      <div className="grid gap-4 pt-2">
        {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" busy={busy} onClick={() => void send(null)}>
            {action}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
