/** A file on its way: how much has gone, and the way to stop it. */

import { Button } from "../ui/button.js";
import { Progress } from "../ui/states.js";
import type { Upload } from "./useUpload.js";

export function Sending({ upload }: { upload: Upload }) {
  const { name, share, stop } = upload;
  const percent = Math.floor(share * 100);
  return (
    <div className="grid gap-2">
      <div className="flex items-center gap-3">
        <p className="min-w-0 grow text-sm">
          <span className="block truncate font-medium" dir="auto">
            {name}
          </span>
          <span className="tabular text-xs text-muted">
            {share < 1 ? `${percent} % sent` : "Sent; being looked at"}
          </span>
        </p>
        {share < 1 ? <Button onClick={stop}>Stop sending</Button> : null}
      </div>
      <Progress value={share} label={`Sending ${name}`} />
    </div>
  );
}
