/** Where a link to a project leads: lets a guest in, and goes on to the project. */

import { LinkIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { type Credential, exchange } from "../gateway/auth.js";
import { sentence } from "../gateway/outcome.js";
import { keepVisit } from "../gateway/visit.js";
import { ButtonLink } from "../ui/button.js";
import { Empty, Loading } from "../ui/states.js";
import { takeFromAddress } from "./tokens.js";

export default function SharedPage() {
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    enter().catch((error) => setTrouble(sentence(error)));
  }, []);
  if (trouble === null) return <Loading label="Opening the project" />;
  return (
    <main>
      <title>Shared project · NeuralForge</title>
      <Empty
        icon={<LinkIcon />}
        title="This link opens nothing now"
        action={<ButtonLink href="/">To NeuralForge</ButtonLink>}
      >
        {trouble}
      </Empty>
    </main>
  );
}

async function enter(): Promise<void> {
  const found = wanted();
  if ("share_link" in found && found.share_link === "") throw new Error(INCOMPLETE);
  const { project } = await exchange(found);
  keepVisit(found);
  location.assign(`/projects/${project.id}`);
}

const INCOMPLETE =
  "It has lost the part behind its #, which opens the project. Open it whole, as it was given to you, or ask for another.";

/** A public project by its id, any other by the token behind the `#`. */
function wanted(): Credential {
  const id = new URLSearchParams(location.search).get("project");
  return id ? { public_project: id } : { share_link: takeFromAddress("nf.shared") };
}
