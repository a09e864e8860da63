/**
 * Which node of one network is which of another: what was grouped, dissolved or renamed on the way.
 *
 * Ids tell, where they stayed. A node that is gone and a new one are the same where all but the id is equal (type,
 * settings, and what it is connected to), or all but id and settings, or where they are the only ones of their type and
 * settings at one of their connections.
 */

import { nodeContent } from "./canonical.js";
import { type Edge, graph, type Node } from "./document.js";
import { closed, type Draft, draftOf, ends } from "./draft.js";
import { perform } from "./editing.js";
import { type Edit, EditError, group, renameNode, ungroup } from "./edits.js";
import { SIDES } from "./outside.js";
import { spelled } from "./spelling.js";
import { compareText } from "./text.js";
import { dissolvable } from "./ungrouping.js";

const ROUNDS = 8;

type Names = ReadonlyMap<string, string>;

/** The edits, made on `old` too, after which the nodes of both are the same where their ids are; one level alone. */
export function align(old: Draft, now: Draft): Edit[] {
  const regrouped = regroupings(old, now);
  perform(old, regrouped);
  const renamed = [...renames(old, now)].map(([id, name]) => renameNode(id, name));
  perform(old, renamed);
  return [...regrouped, ...renamed];
}

/** Blocks that hold just the nodes that are gone, and nodes that are just those of Blocks that are gone. */
export function regroupings(old: Draft, now: Draft): Edit[] {
  const edits = [...groups(old, now), ...ungroups(old, now)];
  return possible(old, edits) ? edits : [];
}

/** New ids by the old ones. */
export function renames(old: Draft, now: Draft): Names {
  const pairs = new Map<string, string>();
  for (const settings of [true, false]) {
    for (const [id, name] of paired(old, now, pairs, settings)) pairs.set(id, name);
  }
  for (const [id, name] of alone(old, now, pairs)) pairs.set(id, name);
  return new Map(sorted(pairs.keys()).map((id) => [id, pairs.get(id) as string]));
}

/** Whether the edits can be made; the draft stays as it is. */
export function possible(draft: Draft, edits: readonly Edit[]): boolean {
  try {
    if (edits.length) perform(draftOf(closed(draft, graph()), draft.depth), edits);
    return true;
  } catch (error) {
    if (error instanceof EditError) return false;
    throw error;
  }
}

/** Ids that only the first of two drafts has, in order. */
export function only(one: Draft, other: Draft): string[] {
  return sorted(one.nodes.keys()).filter((id) => !other.nodes.has(id));
}

/** Ids that both drafts have, in order. */
export function shared(one: Draft, other: Draft): string[] {
  return sorted(one.nodes.keys()).filter((id) => other.nodes.has(id));
}

function sorted(ids: Iterable<string>): string[] {
  return [...ids].sort(compareText);
}

function* groups(old: Draft, now: Draft): Iterable<Edit> {
  const gone = new Set(only(old, now));
  for (const id of only(now, old)) {
    const block = now.nodes.get(id) as Node;
    const members = membersOf(block);
    if (block.type !== "Block" || !members.size || !are(members, old.nodes, gone)) continue;
    for (const member of members.keys()) gone.delete(member);
    yield group(sorted(members.keys()), id);
  }
}

function* ungroups(old: Draft, now: Draft): Iterable<Edit> {
  const fresh = new Set(only(now, old));
  for (const id of only(old, now)) {
    const block = old.nodes.get(id) as Node;
    const members = membersOf(block);
    if (!dissolvable(block) || !members.size || !are(members, now.nodes, fresh)) continue;
    for (const member of members.keys()) fresh.delete(member);
    yield ungroup(id);
  }
}

/** What a node holds but for its ports: types by id. */
function membersOf(block: Node): Names {
  const nodes = (block.graph?.nodes ?? []).filter((node) => !SIDES.has(node.type));
  return new Map(nodes.map((node) => [node.id, node.type]));
}

/** Whether all members are among these nodes, of the same types. */
function are(members: Names, nodes: ReadonlyMap<string, Node>, ids: ReadonlySet<string>): boolean {
  return [...members].every(([id, type]) => ids.has(id) && nodes.get(id)?.type === type);
}

/** Nodes that are gone, each with a new one of the same nature; of several, those first by id. */
function paired(old: Draft, now: Draft, pairs: Names, settings: boolean): Names {
  const [before, after] = natures(old, now, pairs, settings);
  for (let round = 0; round < ROUNDS; round++) {
    const finer = [before.refined(), after.refined()];
    if (!finer.includes(true)) break;
  }
  const fresh = new Map<number, string[]>();
  for (const [id, number] of [...after.numbers].sort(([a], [b]) => compareText(b, a))) {
    const same = fresh.get(number);
    if (same) same.push(id);
    else fresh.set(number, [id]);
  }
  const found = sorted(before.numbers.keys()).map(
    (id) => [id, fresh.get(before.numbers.get(id) ?? -1)?.pop()] as const,
  );
  return new Map(found.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}

/** Nodes that are gone, each with the one new one that is the same but for some of its connections. */
function alone(old: Draft, now: Draft, pairs: Names): Names {
  const [before, after] = natures(old, now, pairs, true).map((one) => one.byPlace()) as [ByPlace, ByPlace];
  const found = new Map<string, string>();
  const taken = new Set<string>();
  for (const [place, ids] of before) {
    const names = after.get(place) ?? [];
    const [id, name] = [ids[0], names[0]];
    if (ids.length !== 1 || names.length !== 1 || id === undefined || name === undefined) continue;
    if (found.has(id) || taken.has(name)) continue;
    found.set(id, name);
    taken.add(name);
  }
  return found;
}

function natures(old: Draft, now: Draft, pairs: Names, settings: boolean): readonly [Natures, Natures] {
  const known = new Map([...shared(old, now).map((id) => [id, id] as const), ...pairs]);
  const numbers = new Map<string, number>();
  const after = new Map([...known.values()].map((id) => [id, id]));
  return [new Natures(old, known, settings, numbers), new Natures(now, after, settings, numbers)];
}

type ByPlace = ReadonlyMap<string, readonly string[]>;

/**
 * What the nodes that only one of two drafts has are like: equal numbers for what cannot be told apart.
 *
 * Each round of refining tells them apart by one neighbour farther, until it tells no more (Weisfeiler and Leman 1968).
 */
class Natures {
  numbers: ReadonlyMap<string, number>;
  private readonly known: ReadonlyMap<string, number>;

  constructor(
    private readonly draft: Draft,
    known: Names,
    settings: boolean,
    private readonly all: Map<string, number>,
  ) {
    this.known = new Map([...known].map(([id, name]) => [id, this.number(`node ${name}`)]));
    const nodes = [...draft.nodes.values()].filter((node) => !known.has(node.id));
    const told = nodes.filter((node) => settings || draft.edgesAt(node.id).length);
    this.numbers = new Map(
      told.map((node) => [node.id, this.number(settings ? contentOf(node) : `type ${node.type}`)]),
    );
  }

  /** Tell the nodes apart by their neighbours; whether that told more apart than before. */
  refined(): boolean {
    const kinds = new Set(this.numbers.values()).size;
    const finer = [...this.numbers].map(([id, number]) => [id, this.number(`${number}\n${this.places(id)}`)] as const);
    this.numbers = new Map(finer);
    return new Set(this.numbers.values()).size > kinds;
  }

  /** Ids by what a node is like and one connection with a node that both drafts have. */
  byPlace(): ByPlace {
    const found = new Map<string, string[]>();
    for (const id of sorted(this.numbers.keys())) {
      const edges = this.draft.edgesAt(id).sort((a, b) => compareText(ends(a), ends(b)));
      for (const edge of edges.filter(({ source, target }) => this.known.has(source) || this.known.has(target))) {
        const place = `${this.numbers.get(id)}\n${this.place(id, edge)}`;
        const ids = found.get(place);
        if (ids) ids.push(id);
        else found.set(place, [id]);
      }
    }
    return found;
  }

  private places(id: string): string {
    const places = this.draft.edgesAt(id).map((edge) => this.place(id, edge));
    return places.sort().join("\n");
  }

  private place(id: string, edge: Edge): string {
    const enters = edge.target === id;
    const other = this.of(enters ? edge.source : edge.target);
    return spelled([enters, edge.sourceHandle ?? "", edge.targetHandle ?? "", other, edge.extra]);
  }

  private of(id: string): number {
    return this.known.get(id) ?? this.numbers.get(id) ?? this.number(`nowhere ${id}`);
  }

  private number(nature: string): number {
    const number = this.all.get(nature) ?? this.all.size;
    this.all.set(nature, number);
    return number;
  }
}

function contentOf(node: Node): string {
  return `content ${spelled(new Map([...nodeContent(node), ["id", null]]))}`;
}
