import { describe, expect, it } from "vitest";
import {
  addNode,
  configure,
  connect,
  disconnect,
  type Edit,
  edge,
  group,
  moveNode,
  node,
  objectOf,
  removeNode,
  renameNode,
  ungroup,
  within,
} from "../blueprint/index.js";
import { contradiction, nodeOf, touched } from "./touched.js";

const padding = configure("c1", objectOf({ padding: 1 }));
const bias = configure("c1", objectOf({ bias: false }));
const into = (source: string, targetHandle: string | null = "in") => connect(edge(source, "c1", { targetHandle }));

function between(ours: readonly Edit[], theirs: readonly Edit[]): string | null {
  return contradiction(touched(ours), touched(theirs));
}

describe("edits of two people", () => {
  it.each<[string, Edit, Edit]>([
    ["other settings of a node", padding, bias],
    ["other nodes", padding, removeNode("c2")],
    ["nodes whose ids begin alike", removeNode("c1"), configure("c10", objectOf({ padding: 1 }))],
    ["a move and anything", moveNode("c1", { x: 1, y: 2 }), removeNode("c1")],
    ["edges from one node to two", connect(edge("a", "b")), connect(edge("a", "c"))],
    ["other ports of a node", into("a", "query"), into("a", "key")],
    ["other nodes in a Block", within("b", [removeNode("x")]), within("b", [removeNode("y")])],
    ["a Block's inside and a setting of it", within("b", [removeNode("x")]), configure("b", objectOf({ repeat: 2 }))],
  ])("go together: %s", (_, ours, theirs) => {
    expect(between([ours], [theirs])).toBeNull();
    expect(between([theirs], [ours])).toBeNull();
  });

  it.each<[string, Edit, Edit]>([
    ["the same setting", padding, configure("c1", objectOf({}), ["padding"])],
    ["a setting and the removal", padding, removeNode("c1")],
    ["a setting and another name", padding, renameNode("c1", "c2")],
    ["two nodes of one id", addNode(node("n", "ReLU")), addNode(node("n", "GELU"))],
    ["a name that is taken meanwhile", renameNode("a", "n"), addNode(node("n", "ReLU"))],
    ["two edges into one port", into("a"), into("b")],
    ["an edge into a free port and one into a port", into("a", null), into("b", "in.1")],
    ["an edge drawn and taken away", into("a"), disconnect(edge("a", "c1", { targetHandle: "in" }))],
    ["an edge and the removal of its target", into("a"), removeNode("c1")],
    ["an edge and the removal of its source", into("a"), removeNode("a")],
    ["a Block's inside and its removal", within("b", [padding]), removeNode("b")],
    ["a Block's inside and its dissolution", within("b", [padding]), ungroup("b")],
    ["a group and one of its nodes", group(["c1", "c2"], "b"), bias],
    ["the same deep inside", within("b", [within("d", [padding])]), within("b", [within("d", [padding])])],
  ])("contradict each other: %s", (_, ours, theirs) => {
    expect(between([ours], [theirs])).not.toBeNull();
    expect(between([theirs], [ours])).not.toBeNull();
  });

  it("name the node they are about", () => {
    expect(nodeOf(between([padding], [removeNode("c1")]) as string)).toBe("c1");
    expect(nodeOf(between([within("b", [into("a")])], [within("b", [into("x")])]) as string)).toBe("b/c1");
  });
});
