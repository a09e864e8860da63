import { describe, expect, it, vi } from "vitest";
import { analysisToJson, analyze } from "./analysis.js";
import { objectOf } from "./codec.js";
import { edge, graph, node } from "./document.js";
import { addNode, configure, connect, disconnect, type Edit, removeNode } from "./edits.js";
import { Examination } from "./examination.js";
import { Session } from "./session.js";

const LAYERS = 12;
const convolution = objectOf({ out_channels: 4, kernel_size: 3, padding: 1 });
const ids = ["in", ...Array.from({ length: LAYERS }, (_, n) => `c${n}`), "out"];
const DEEP = graph({
  nodes: [
    node("in", "Input", { config: objectOf({ shape: ["B", 4, 8, 8] }) }),
    ...ids.slice(1, -1).map((id) => node(id, "Conv2d", { config: convolution })),
    node("out", "Output"),
  ],
  edges: ids.slice(1).map((id, n) => edge(ids[n] as string, id)),
});

function agrees(session: Session): void {
  const whole = analyze(session.graph);
  expect(analysisToJson(session.analysis())).toEqual(analysisToJson(whole));
  expect(session.totals).toEqual(whole.totals);
}

describe("a session", () => {
  it("examines only what an edit reaches", () => {
    const session = new Session(DEEP);
    const examine = vi.spyOn(Examination.prototype, "examine");
    const change = session.apply([configure("c5", objectOf({ bias: false }))]);
    expect(examine.mock.calls).toEqual([["c5"]]);
    expect([...change.nodes.keys()].sort()).toEqual(["c4", "c5"]);
    examine.mockClear();
    session.apply([configure("c8", objectOf({ out_channels: 8 }))]);
    expect(examine.mock.calls).toEqual([["c8"], ["c9"]]);
    examine.mockRestore();
    agrees(session);
  });

  it("says after any edit what a whole analysis says, and undoes it", () => {
    const session = new Session(DEEP, { batch: 4, precision: "bfloat16" });
    const before = analysisToJson(session.analysis());
    const edits: Edit[][] = [
      [
        addNode(node("relu", "ReLU")),
        disconnect(edge("c3", "c4")),
        connect(edge("c3", "relu")),
        connect(edge("relu", "c4")),
      ],
      [removeNode("c7")],
      [connect(edge("c9", "c2"))],
      [configure("in", objectOf({ shape: ["B", 3, "H", "W"] }))],
    ];
    const undone = edits.map((batch) => {
      const { undo } = session.apply(batch);
      expect(analysisToJson(session.analysis())).toEqual(
        analysisToJson(analyze(session.graph, { batch: 4, precision: "bfloat16" })),
      );
      return undo;
    });
    for (const undo of undone.reverse()) session.apply(undo);
    expect(analysisToJson(session.analysis())).toEqual(before);
  });

  it("is as it was after a batch that is refused", () => {
    const session = new Session(DEEP);
    session.apply([configure("c1", objectOf({ bias: false }))]);
    expect(() => session.apply([configure("c1", objectOf({ bias: true })), removeNode("nobody")])).toThrow("edits[1]");
    agrees(session);
    const change = session.apply([configure("c2", objectOf({ bias: false }))]);
    expect([...change.nodes.keys()].sort()).toEqual(["c1", "c2"]);
    agrees(session);
  });

  it("refuses networks whose ids are not unique", () => {
    expect(() => new Session(graph({ nodes: [node("a", "ReLU"), node("a", "ReLU")] }))).toThrow("share the id `a`");
  });
});
