import { describe, expect, it } from "vitest";
import { addNode, configure, connect, edge, graph, node, objectOf, removeNode, Session } from "../blueprint/index.js";
import { cardMaker } from "./cards.js";

function drawn() {
  const session = new Session(
    graph({
      nodes: [
        node("in", "Input", { config: objectOf({ shape: ["B", 3, 32, 32] }) }),
        node("c1", "Conv2d", { config: objectOf({ out_channels: 16, kernel_size: 3, padding: 1, stride: 1 }) }),
        node("sum", "Add"),
        node("out", "Output"),
      ],
      edges: [edge("in", "c1"), edge("c1", "sum"), edge("c1", "sum"), edge("sum", "out")].map((each, at) =>
        at === 2 ? { ...each, targetHandle: "in.1" } : each,
      ),
    }),
  );
  const cardsOf = cardMaker();
  return { session, cards: () => cardsOf(session.graph, session.analysis(), []) };
}

describe("cards", () => {
  it("tell settings that are not default, shape and parameters", () => {
    const card = drawn().cards().get("c1");
    expect(card).toMatchObject({ settings: "16 · 3×3 · pad 1", shape: "B × 16 × 32 × 32", params: "448" });
  });

  it("give an Output the shape that enters it", () => {
    expect(drawn().cards().get("out")?.shape).toBe("B × 16 × 32 × 32");
  });

  it("offer a variadic port in use and the next free one", () => {
    expect(
      drawn()
        .cards()
        .get("sum")
        ?.inputs.map(({ handle, aside }) => [handle, aside]),
    ).toEqual([
      ["in.0", false],
      ["in.1", false],
      ["in.2", true],
    ]);
  });

  it("stay the same objects where an edit changes nothing for them", () => {
    const { session, cards } = drawn();
    const before = cards();
    session.apply([configure("c1", objectOf({ out_channels: 8 }))]);
    const after = cards();
    expect([...after].filter(([id, card]) => before.get(id) !== card).map(([id]) => id)).toEqual(["c1", "sum", "out"]);
    session.apply([addNode(node("r", "ReLU"))]);
    const third = cards();
    expect([...third].filter(([id, card]) => after.get(id) !== card).map(([id]) => id)).toEqual(["r"]);
  });

  it("mark what is wrong, also inside a Block", () => {
    const { session, cards } = drawn();
    session.apply([removeNode("in")]);
    expect(cards().get("c1")?.state).toBe("error");
    session.apply([addNode(node("b", "Block", { graph: graph({ nodes: [node("r", "Nonsense")] }) }))]);
    const card = cards().get("b");
    expect([card?.state, card?.holds]).toEqual(["error", 1]);
    expect(card?.trouble).toContain("`b`");
  });

  it("tell what only waits from what is wrong", () => {
    const { session, cards } = drawn();
    session.apply([configure("c1", objectOf({ kernel_size: 50 }))]);
    expect([...cards().values()].map(({ id, state, waitsFor }) => [id, state, waitsFor])).toEqual([
      ["in", "plain", ""],
      ["c1", "error", ""],
      ["sum", "waiting", "c1"],
      ["out", "waiting", "c1"],
    ]);
    session.apply([configure("sum", objectOf({ nonsense: 1 }))]);
    expect(cards().get("sum")?.state).toBe("error");
    expect(cards().get("sum")?.trouble).toContain("nonsense");
  });

  it("show ports that do not exist where edges name them", () => {
    const { session, cards } = drawn();
    session.apply([connect(edge("in", "c1", { sourceHandle: "out", targetHandle: "strange" }))]);
    expect(
      cards()
        .get("c1")
        ?.inputs.map(({ handle }) => handle),
    ).toEqual(["in", "strange"]);
  });
});
