/** PyTorch source to read, copy or save. */

import { Copy, Download } from "lucide-react";
import { count } from "../format/figures.js";
import { Button } from "../ui/button.js";
import { Card } from "../ui/card.js";
import { copy, save } from "../ui/take.js";
import { Code } from "./code.js";

export function SourceCard({ source, name, number }: { source: string; name: string; number: number }) {
  const length = source.split("\n").length;
  return (
    <Card
      title="PyTorch"
      hint={`${count(length)} ${length === 1 ? "line" : "lines"}; needs nothing but torch`}
      actions={
        <div className="flex gap-2">
          <Button onClick={() => copy(source, "Source")}>
            <Copy size={16} aria-hidden="true" /> Copy
          </Button>
          <Button look="primary" onClick={() => save(source, "model.py", "text/x-python")}>
            <Download size={16} aria-hidden="true" /> model.py
          </Button>
        </div>
      }
    >
      <Code source={source} label={`Source of ${name}, version ${number}`} />
    </Card>
  );
}
