/**
 * Giving the same node the same id in a network and its two descendants, so that they can be merged by id.
 *
 * What one person regrouped or renamed is done to the other two as well, as far as names are free there.
 */

import { type Conflict, nameTakenByOurs, nameTakenByTheirs, renamedDifferently } from "./conflicts.js";
import { type Draft, opened } from "./draft.js";
import { perform } from "./editing.js";
import { editsToJson } from "./editJson.js";
import { type Edit, renameNode, within } from "./edits.js";
import { possible, regroupings, renames, shared } from "./identity.js";
import { spelled } from "./spelling.js";
import { each, type Three } from "./three.js";

type Names = ReadonlyMap<string, string>;
type Some<Side> = Partial<Three<Side>>;

/** What could not be settled, and the paths of the nodes that one of the two renamed. */
export interface Found {
  readonly conflicts: Conflict[];
  readonly renamed: Set<string>;
}

/** The edits, made on the drafts too, after which the nodes of all three are the same where their paths are. */
export function alignThree(drafts: Three<Draft>, path: string, found: Found): Three<Edit[]> {
  const alignment = new Alignment(drafts, path, found);
  alignment.regroup();
  alignment.rename();
  for (const id of shared(drafts.base, drafts.ours)) if (drafts.theirs.nodes.has(id)) alignment.descend(id);
  return alignment.done;
}

class Alignment {
  readonly done: Three<Edit[]> = { base: [], ours: [], theirs: [] };

  constructor(
    private readonly drafts: Three<Draft>,
    private readonly path: string,
    private readonly found: Found,
  ) {}

  /** What only one of the two regrouped is regrouped for the other. */
  regroup(): void {
    const { base, ours, theirs } = this.drafts;
    const [byUs, byThem] = [regroupings(base, ours), regroupings(base, theirs)];
    if (spelled(editsToJson(byUs)) === spelled(editsToJson(byThem))) this.make({ base: byUs });
    else if (!byThem.length && possible(theirs, byUs)) this.make({ base: byUs, theirs: byUs });
    else if (!byUs.length && possible(ours, byThem)) this.make({ base: byThem, ours: byThem });
  }

  /** What one of the two renamed is called so in all; where both did, as in ours. */
  rename(): void {
    const { base, ours, theirs } = this.drafts;
    const [byUs, allByThem] = [renames(base, ours), renames(base, theirs)];
    this.compare(byUs, allByThem);
    const byThem = this.givenUp(byUs, allByThem);
    this.setAside(byUs, byThem);
    const knownAs = new Map([...byThem, ...byUs]);
    const now = new Map([...byUs].map(([id, name]) => [byThem.get(id) ?? id, name]));
    for (const name of knownAs.values()) this.found.renamed.add(this.path + name);
    this.make({ base: renaming(knownAs, base), ours: renaming(byThem, ours), theirs: renaming(now, theirs) });
  }

  /** The same inside a node. */
  descend(id: string): void {
    const { base, ours, theirs } = each(this.drafts, (draft) => opened(draft, id));
    if (!base || !ours || !theirs) return;
    const inner = alignThree({ base, ours, theirs }, `${this.path}${id}/`, this.found);
    this.make(each(inner, (edits) => (edits.length ? [within(id, edits)] : [])));
  }

  private compare(byUs: Names, byThem: Names): void {
    for (const [id, ours] of byUs) {
      const theirs = byThem.get(id);
      if (theirs === undefined || theirs === ours) continue;
      this.found.conflicts.push(renamedDifferently(this.path, { base: id, ours, theirs }));
    }
  }

  /** Theirs takes back the names that ours has given another node; the other names are left. */
  private givenUp(byUs: Names, byThem: Names): Names {
    const { ours } = this.drafts;
    const taken = [...byThem].filter(([id, name]) => ours.nodes.has(name) && byUs.get(id) !== name);
    for (const [id, name] of taken) {
      if (!byUs.has(id)) this.found.conflicts.push(nameTakenByOurs(this.path, id, name, ours.nodes.has(id)));
    }
    this.make({ theirs: taken.map(([id, name]) => renameNode(name, id)) });
    const back = new Set(taken.map(([id]) => id));
    return new Map([...byThem].filter(([id]) => !back.has(id)));
  }

  /** New nodes of theirs get other names than what ours calls a renamed node. */
  private setAside(byUs: Names, byThem: Names): void {
    const { theirs } = this.drafts;
    for (const [id, name] of byUs) {
      if (!theirs.nodes.has(name) || byThem.get(id) === name) continue;
      const aside = this.free(name);
      this.found.conflicts.push(nameTakenByTheirs(this.path, id, name, theirs.nodes.has(id), aside));
      this.make({ theirs: [renameNode(name, aside)] });
    }
  }

  private free(name: string): string {
    const { base, ours, theirs } = this.drafts;
    let number = 2;
    while ([base, ours, theirs].some((draft) => draft.nodes.has(`${name}${number}`))) number++;
    return `${name}${number}`;
  }

  private make(edits: Some<readonly Edit[]>): void {
    for (const side of ["base", "ours", "theirs"] as const) {
      const made = edits[side] ?? [];
      perform(this.drafts[side], made);
      for (const edit of made) this.done[side].push(edit);
    }
  }
}

function renaming(names: Names, draft: Draft): Edit[] {
  const moving = [...names].filter(([id, name]) => draft.nodes.has(id) && id !== name);
  return moving.map(([id, name]) => renameNode(id, name));
}
