/** A password that can be looked at while it is typed. */

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { IconButton } from "../ui/button.js";
import { Field, INPUT } from "../ui/field.js";

interface Props {
  readonly label?: string;
  readonly name?: string;
  readonly autoComplete: "current-password" | "new-password";
  readonly help?: string | undefined;
  readonly problem?: string | undefined;
}

export function PasswordField({ label = "Password", name = "password", autoComplete, help, problem }: Props) {
  const [shown, setShown] = useState(false);
  return (
    <Field label={label} help={help} problem={problem}>
      {(ids) => (
        <div className="relative">
          <input
            {...ids}
            name={name}
            type={shown ? "text" : "password"}
            autoComplete={autoComplete}
            autoCapitalize="none"
            spellCheck={false}
            className={`${INPUT} pr-12`}
          />
          <IconButton
            label={shown ? "Hide what is typed" : "Show what is typed"}
            className="absolute inset-y-0 right-0"
            onClick={() => setShown(!shown)}
          >
            {shown ? <EyeOff size={18} /> : <Eye size={18} />}
          </IconButton>
        </div>
      )}
    </Field>
  );
}
