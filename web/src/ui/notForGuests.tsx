/** Stands where a page about oneself would: a guest is nobody here. */

import { UserRound } from "lucide-react";
import { endVisit } from "./account.js";
import { Button } from "./button.js";
import { Frame } from "./frame.js";
import { Empty } from "./states.js";

export function NotForGuests() {
  const leave = (
    <Button look="primary" onClick={endVisit}>
      Stop being a guest
    </Button>
  );
  return (
    <Frame title="Only with an account">
      <Empty icon={<UserRound />} title="You are a guest here" action={leave}>
        A guest has no account, organisation or keys. Stop being a guest, then sign in.
      </Empty>
    </Frame>
  );
}
