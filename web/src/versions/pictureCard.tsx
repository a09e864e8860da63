/** The drawing to take home: as a picture, and as the document itself. */

import { Download } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { analyze, parse } from "../blueprint/index.js";
import { shapesOf } from "../canvas/cards.js";
import { pictureSvg } from "../canvas/pictureSvg.js";
import type { Plain } from "../gateway/graphql.js";
import { sentence } from "../gateway/outcome.js";
import { Button } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { SelectField } from "../ui/field.js";
import { Trouble } from "../ui/states.js";
import { fileName, save } from "../ui/take.js";
import { isDark } from "../ui/theme.js";
import { pixels, png, sizeOf } from "./image.js";

/** Width through height of a page on its side. */
const PAGE = Math.SQRT2;

export function PictureCard({ document, name }: { document: Plain; name: string }) {
  const [theme, setTheme] = useState<"light" | "dark">(isDark() ? "dark" : "light");
  const [folded, setFolded] = useState(true);
  const [shapes, setShapes] = useState(true);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const graph = useMemo(() => parse(document as object), [document]);
  const known = useMemo(() => shapesOf(analyze(graph)), [graph]);
  const svg = useMemo(
    () => pictureSvg(graph, { theme, ...(shapes ? { shapes: known } : {}), ...(folded ? { aspect: PAGE } : {}) }),
    [graph, known, theme, shapes, folded],
  );
  const url = useBlobUrl(svg);
  const file = fileName(name);
  const savePng = async () => {
    setBusy(true);
    setProblem("");
    await png(svg).then(
      (blob) => save(blob, `${file}.png`, "image/png"),
      (error) => setProblem(sentence(error)),
    );
    setBusy(false);
  };
  const { width, height } = pixels(sizeOf(svg));
  return (
    <Card title="Drawing">
      {url ? (
        <img
          src={url}
          alt={`The drawing of ${name}`}
          className="max-h-96 w-full rounded-xl border border-line object-contain"
        />
      ) : null}
      <div className="grid grid-cols-2 gap-3">
        <SelectField
          label="Colours"
          value={theme}
          onChange={(event) => setTheme(event.target.value as "light" | "dark")}
        >
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </SelectField>
        <SelectField
          label="Layout"
          value={String(folded)}
          onChange={(event) => setFolded(event.target.value === "true")}
        >
          <option value="true">Folded to a page</option>
          <option value="false">As drawn</option>
        </SelectField>
      </div>
      <label className="flex min-h-11 items-center gap-3 text-sm sm:min-h-9">
        <input
          type="checkbox"
          className="size-5 accent-accent"
          checked={shapes}
          onChange={(event) => setShapes(event.target.checked)}
        />
        Shapes on the nodes
      </label>
      {problem ? <Trouble>{problem}</Trouble> : null}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => save(svg, `${file}.svg`, "image/svg+xml")}>
          <Download size={16} aria-hidden="true" /> SVG
        </Button>
        <Button busy={busy} onClick={savePng}>
          <Download size={16} aria-hidden="true" /> PNG
        </Button>
        <Button onClick={() => save(JSON.stringify(document, null, 2), `${file}.json`)}>
          <Download size={16} aria-hidden="true" /> JSON
        </Button>
      </div>
      <p className="tabular text-xs text-muted">{`The PNG has ${width} × ${height} pixels. The JSON is the blueprint itself.`}</p>
    </Card>
  );
}

/** An address of a text for as long as it is shown. */
function useBlobUrl(svg: string): string {
  const [url, setUrl] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return url;
}
