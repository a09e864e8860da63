/** Nodes copied, cut, pasted and duplicated. */

import { copied, duplicating, type Pasted, pasting } from "../canvas/clipboard.js";
import { sentence } from "../gateway/outcome.js";
import type { Commands } from "./commands.js";
import { named, warn } from "./saying.js";

/** What was copied here last; the system's clipboard may be closed to us. */
let clipboard = "";

export class Clipboard {
  constructor(private readonly commands: Commands) {}

  copy(): string | null {
    if (this.commands.selection.length === 0) return null;
    clipboard = copied(this.commands.graph, this.commands.selection);
    this.commands.bench.say(`Copied ${named(this.commands.selection)}`);
    return clipboard;
  }

  /** Copies onto the system's clipboard too, where that is allowed. */
  copyOut(): boolean {
    const text = this.copy();
    if (text !== null) void navigator.clipboard?.writeText(text).catch(() => {});
    return text !== null;
  }

  cut(): string | null {
    const text = this.copy();
    if (text !== null) this.commands.remove();
    return text;
  }

  /** Draws the nodes of a document, or what was copied here last. */
  paste(text = clipboard): void {
    if (!text) {
      warn("There is nothing to paste; copy some nodes first.");
      return;
    }
    try {
      this.addAgain(pasting(this.commands.graph, text), "Paste", "Pasted");
    } catch (error) {
      if (text !== clipboard && clipboard) this.paste();
      else warn(`The clipboard holds no layers: ${sentence(error)}`);
    }
  }

  duplicate(): void {
    if (this.commands.selection.length > 0)
      this.addAgain(duplicating(this.commands.graph, this.commands.selection), "Duplicate", "Duplicated");
  }

  private addAgain({ ids, edits }: Pasted, label: string, done: string): void {
    if (!this.commands.draw(edits, `${label} ${named(ids)}`, `${done} ${named(ids)}`)) return;
    this.commands.view.select(ids);
    const [first] = ids;
    if (first !== undefined) this.commands.view.state.setState({ wanted: { id: first } });
  }
}
