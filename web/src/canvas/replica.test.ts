import { describe, expect, it } from "vitest";
import { addNode, type Edit, graph, moveNode, node, removeNode } from "../blueprint/index.js";
import { type Batch, Replica } from "./replica.js";

const START = { revision: 4, graph: graph({ nodes: [node("a", "ReLU"), node("b", "ReLU")] }) };
const batch = (key: string, ...edits: Edit[]): Batch => ({ key, label: key, edits, base: null });
const ids = ({ graph }: Replica) => graph.nodes.map(({ id }) => id).sort();

describe("a replica", () => {
  it("sends a batch on one revision, however often", () => {
    const replica = new Replica(START);
    replica.edit(batch("one", removeNode("a")));
    expect(replica.inDoubt).toBe(false);
    expect(replica.sending("one").base).toBe(4);
    expect(replica.inDoubt).toBe(true);
    replica.acknowledge("one", 5);
    expect(replica).toMatchObject({ pending: [], inDoubt: false, confirmed: { revision: 5 } });
    expect(replica.confirmed.graph.nodes.map(({ id }) => id)).toEqual(["b"]);
  });

  it("takes a batch back with what was built on it", () => {
    const replica = new Replica(START);
    replica.edit(batch("one", addNode(node("c", "ReLU"))));
    replica.edit(batch("two", moveNode("c", { x: 1, y: 1 })));
    replica.edit(batch("three", removeNode("b")));
    const refused = replica.reject("one", "too large");
    expect(refused.map(({ batch, reason }) => [batch.key, reason])).toEqual([
      ["one", "too large"],
      ["two", "there is no node `c`; use the id of a node that exists"],
    ]);
    expect(ids(replica)).toEqual(["a"]);
  });

  it("adopts batches once", () => {
    const replica = new Replica(START);
    const left = [{ ...batch("one", removeNode("a")), base: 4 }, batch("two", removeNode("z"))];
    expect(replica.adopt(left).map(({ batch }) => batch.key)).toEqual(["two"]);
    expect(replica.adopt(left).map(({ batch }) => batch.key)).toEqual(["two"]);
    expect(replica.pending.map(({ key }) => key)).toEqual(["one"]);
    expect(replica.inDoubt).toBe(true);
  });

  it("ignores what it does not know of", () => {
    const replica = new Replica(START);
    replica.acknowledge("nothing", 9);
    expect(replica.reject("nothing", "why")).toEqual([]);
    expect(replica.confirmed).toBe(START);
  });
});
