/** A template before anything is made of it: its picture and figures follow what is written in the form. */

import { type FormEvent, useState } from "react";
import { sentence } from "../gateway/outcome.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { Trouble } from "../ui/states.js";
import type { TemplateRow } from "./queries.js";
import { allowed, defaultsOf, labelOf, type Parameter, parametersOf, problemOf, valuesOf } from "./templateForm.js";
import { Thumbnail } from "./thumbnail.js";
import { type Counted, Totals } from "./totals.js";
import { useCreate } from "./useCreate.js";
import { usePreview } from "./usePreview.js";

interface Props {
  readonly template: TemplateRow;
  readonly project: string;
  readonly onClose: () => void;
}

export function TemplateDialog({ template, project, onClose }: Props) {
  const parameters = parametersOf(template.parameters);
  const [written, setWritten] = useState(() => defaultsOf(parameters));
  const [name, setName] = useState(template.title);
  const values = valuesOf(parameters, written);
  const { preview, refusal } = usePreview(template.name, values);
  const { create, busy, trouble } = useCreate(project);
  const totals = (preview?.analysis as { totals?: Counted } | undefined)?.totals ?? null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (values) create({ name: name.trim() || template.title, template: { name: template.name, parameters: values } });
  };
  return (
    <Dialog open wide onClose={onClose} title={template.title} description={template.summary}>
      <form onSubmit={submit} noValidate className="grid gap-5 pt-2 md:grid-cols-[1fr_18rem]">
        <div className="grid min-w-0 content-start gap-4">
          <Thumbnail
            document={preview?.document}
            aspect={1.25}
            label={`How ${template.title} is wired`}
            className="aspect-[1.25] max-h-[34dvh] w-full rounded-card bg-sunken p-3 md:max-h-none"
          />
          <Totals totals={totals} />
          {refusal ? <Trouble>{refusal.message}</Trouble> : null}
        </div>
        <div className="grid content-start gap-4">
          <TextField
            label="Name"
            value={name}
            maxLength={200}
            dir="auto"
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          {parameters.map((parameter) => (
            <ParameterField
              key={parameter.name}
              parameter={parameter}
              text={written[parameter.name] ?? ""}
              onText={(text) => setWritten({ ...written, [parameter.name]: text })}
            />
          ))}
        </div>
        <div className="sticky -bottom-5 -mb-5 grid gap-3 bg-raised pt-3 pb-5 md:col-span-2">
          {trouble ? <Trouble>{sentence(trouble)}</Trouble> : null}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" look="primary" busy={busy} disabled={values === null || refusal !== null}>
              Create
            </Button>
          </div>
        </div>
      </form>
    </Dialog>
  );
}

function ParameterField(props: { parameter: Parameter; text: string; onText: (text: string) => void }) {
  const { parameter, text, onText } = props;
  const problem = problemOf(parameter, text);
  return (
    <TextField
      label={labelOf(parameter)}
      help={problem ? parameter.help : `${parameter.help} ${sentenceOf(allowed(parameter))}`}
      problem={problem}
      value={text}
      inputMode={parameter.type === "integer" ? "numeric" : "decimal"}
      autoComplete="off"
      onChange={({ currentTarget }) => onText(currentTarget.value)}
    />
  );
}

function sentenceOf(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
