/** The providers by which one may sign in here. */

import { useEffect, useState } from "react";
import { providers } from "./doors.js";

/** Those that are set up, once that is known. */
export function useProviders(): readonly string[] {
  const [known, setKnown] = useState<readonly string[]>([]);
  useEffect(() => {
    let here = true;
    void providers().then((found) => here && setKnown(found));
    return () => {
      here = false;
    };
  }, []);
  return known;
}
