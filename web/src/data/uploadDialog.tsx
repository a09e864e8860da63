/** The form of an upload: the file, what it is, how it becomes data; then how far it is. */

import { useState } from "react";
import { SplitFields } from "../train/splitFields.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { SelectField, TextField } from "../ui/field.js";
import { Trouble } from "../ui/states.js";
import { type Choices, FRESH, type Kind, pickedUp, problems } from "./choices.js";
import { FilePick } from "./filePick.js";
import { ImageFields, TableFields } from "./kindFields.js";
import { Sending } from "./sending.js";
import type { Upload } from "./useUpload.js";

interface Props {
  readonly open: boolean;
  readonly upload: Upload;
  readonly onClose: () => void;
}

const HELP: Record<Kind, string> = {
  IMAGE_FOLDERS: "The folder an image lies in is its class. Folders train, val and test above give the split.",
  CSV: "UTF-8, with the names of the columns in the first row.",
};

export function UploadDialog({ open, upload, onClose }: Props) {
  const [file, setFile] = useState<File | null>(null);
  const [choices, setChoices] = useState(FRESH);
  const [shown, setShown] = useState(false);
  const found = problems(choices, file);
  const busy = upload.name !== null;
  const change = (part: Partial<Choices>) => [setChoices({ ...choices, ...part }), upload.forget()];
  const ready = file && !Object.values(found).some(Boolean);
  const begin = () => {
    setShown(true);
    if (file && ready) void upload.begin(file, choices);
  };
  const Fields = choices.kind === "CSV" ? TableFields : ImageFields;
  return (
    <Dialog open={open} onClose={onClose} title="Upload data" wide>
      <div className="grid gap-5 pt-2">
        <FilePick
          file={file}
          problem={found.file ?? (shown && !file ? "Choose a file first." : null)}
          disabled={busy}
          onPick={(picked) => [setFile(picked), setChoices(pickedUp(choices, picked.name)), upload.forget()]}
        />
        <fieldset disabled={busy} className="grid min-w-0 gap-5">
          <legend className="sr-only">How the file becomes data</legend>
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <TextField
              label="Name"
              value={choices.name}
              maxLength={100}
              problem={file || shown ? found.name : null}
              onChange={(event) => change({ name: event.target.value })}
            />
            <SelectField
              label="Kind"
              value={choices.kind}
              help={HELP[choices.kind]}
              onChange={(event) => change({ kind: event.target.value as Kind })}
            >
              <option value="IMAGE_FOLDERS">Zip of class folders</option>
              <option value="CSV">CSV table</option>
            </SelectField>
          </div>
          <Fields choices={choices} problems={found} onChange={change} />
          <SplitFields shares={choices.shares} onChange={(shares) => change({ shares })} problem={found.split} />
        </fieldset>
        {upload.trouble ? <Trouble>{upload.trouble}</Trouble> : null}
        {busy ? <Sending upload={upload} /> : null}
        <div className="flex flex-wrap justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            {busy ? "Go on in the background" : "Never mind"}
          </Button>
          <Button look="primary" busy={busy} onClick={begin}>
            Upload
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
