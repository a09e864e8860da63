/** The editor as it stands on the screen: columns on a desk, drawers on a tablet, sheets on a phone. */

import { Plus, TriangleAlert } from "lucide-react";
import { useDrawn } from "../canvas/useDrawing.js";
import { useReadOnly } from "../gateway/readOnly.js";
import { Button } from "../ui/button.js";
import { AlignBar } from "./alignBar.js";
import { Announcer } from "./announcer.js";
import { Banners } from "./banners.js";
import { BottomBar } from "./bottomBar.js";
import { Breadcrumbs } from "./breadcrumbs.js";
import { Canvas } from "./canvas.js";
import { useEditing } from "./editing.js";
import { EmptyHint } from "./emptyHint.js";
import { Ghost } from "./ghost.js";
import { Inspector } from "./inspector.js";
import { Palette } from "./palette.js";
import { Problems } from "./problems.js";
import { QuickAdd } from "./quickAdd.js";
import { RefusedEdits } from "./refusedEdits.js";
import { RenameNode } from "./renameNode.js";
import { SaveVersion } from "./saveVersion.js";
import { SelectionMenu } from "./selectionMenu.js";
import { SelectionStrip } from "./selectionStrip.js";
import { Sheet } from "./sheet.js";
import { ShortcutSheet } from "./shortcutSheet.js";
import { TopBar } from "./topBar.js";
import { Totals } from "./totals.js";
import { useClipboard } from "./useClipboard.js";
import { useKeys } from "./useKeys.js";
import { useScreen } from "./useScreen.js";
import { useLook } from "./view.js";

export function Workspace() {
  const { drawing } = useEditing();
  const name = useDrawn(drawing, (drawn) => drawn.name);
  const screen = useScreen();
  const readOnly = useReadOnly() !== null;
  useKeys();
  useClipboard();
  return (
    <div className="fixed inset-0 flex flex-col overflow-hidden bg-page">
      <title>{`${name.slice(0, 80)} · NeuralForge`}</title>
      <TopBar />
      <div className="flex min-h-0 grow">
        {screen === "desk" && !readOnly ? <PaletteColumn /> : null}
        <Middle />
        {screen === "desk" ? <InspectorColumn /> : null}
      </div>
      {screen === "phone" ? <BottomBar /> : null}
      <Ghost />
      <QuickAdd />
      <SelectionMenu />
      <SaveVersion />
      <RenameNode />
      <ShortcutSheet />
      <RefusedEdits />
      <Announcer />
    </div>
  );
}

function PaletteColumn() {
  return (
    <aside aria-label="Layers" className="w-60 shrink-0 border-r border-line bg-surface">
      <Palette />
    </aside>
  );
}

function InspectorColumn() {
  const { drawing, view } = useEditing();
  return (
    <aside aria-label="Inspector" className="w-80 shrink-0 overflow-y-auto border-l border-line bg-surface">
      <Inspector drawing={drawing} view={view} />
    </aside>
  );
}

function Middle() {
  const { drawing, view } = useEditing();
  const screen = useScreen();
  const panel = useLook(view, (look) => look.panel);
  const readOnly = useReadOnly() !== null;
  return (
    <main className="relative flex min-w-0 grow flex-col">
      <div className="relative min-h-0 grow">
        <Canvas />
        {readOnly ? null : <EmptyHint />}
        <Breadcrumbs />
        {screen === "phone" ? <SelectionStrip /> : readOnly ? null : <AlignBar />}
        <Banners />
        <Panels />
      </div>
      <div
        className={`flex shrink-0 items-center gap-2 border-t border-line bg-surface ${screen === "phone" && panel !== null ? "hidden" : ""}`}
      >
        <div className="min-w-0 grow">
          <Totals drawing={drawing} view={view} />
        </div>
        {screen === "phone" ? null : <PanelButtons />}
      </div>
    </main>
  );
}

/** What is open over the canvas; a desk has palette and inspector beside it. */
function Panels() {
  const { drawing, view } = useEditing();
  const panel = useLook(view, (look) => look.panel);
  const screen = useScreen();
  const close = () => view.show(null);
  const phone = screen === "phone";
  if (panel === "problems") {
    return (
      <Sheet title="Problems" side="bottom" onClose={close}>
        <Problems drawing={drawing} view={view} />
      </Sheet>
    );
  }
  if (screen === "desk" || panel === null) return null;
  if (panel === "palette") {
    return (
      <Sheet title="Add a layer" side={phone ? "bottom" : "left"} onClose={close}>
        <Palette flat={phone} />
      </Sheet>
    );
  }
  return (
    <Sheet title="Inspector" side={phone ? "bottom" : "right"} onClose={close}>
      <Inspector drawing={drawing} view={view} />
    </Sheet>
  );
}

function PanelButtons() {
  const { drawing, view } = useEditing();
  const problems = useDrawn(drawing, ({ analysis }) => analysis.issues.length);
  const panel = useLook(view, (look) => look.panel);
  const [screen, readOnly] = [useScreen(), useReadOnly() !== null];
  return (
    <div className="flex shrink-0 gap-1 p-1.5">
      {screen === "tablet" && !readOnly ? (
        <Button look="quiet" aria-expanded={panel === "palette"} onClick={() => toggle("palette")}>
          <Plus size={16} aria-hidden="true" /> Add
        </Button>
      ) : null}
      <Button look="quiet" aria-expanded={panel === "problems"} onClick={() => toggle("problems")}>
        <TriangleAlert size={16} aria-hidden="true" className={problems > 0 ? "text-bad" : "text-muted"} />
        <span className="tabular">
          {problems === 0 ? "No problems" : `${problems} problem${problems === 1 ? "" : "s"}`}
        </span>
      </Button>
    </div>
  );
  function toggle(wanted: "palette" | "problems") {
    view.show(panel === wanted ? null : wanted);
  }
}
