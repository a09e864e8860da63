/** The bytes of a file; null while they are read, an Error where they cannot be. */

import { useEffect, useState } from "react";

/** More than any blueprint: not even read. */
const MOST_BYTES = 64 * 2 ** 20;

export function useFile(file: File): Uint8Array | Error | null {
  const [bytes, setBytes] = useState<Uint8Array | Error | null>(null);
  useEffect(() => {
    let current = true;
    const settle = (read: Uint8Array | Error) => current && setBytes(read);
    setBytes(null);
    if (file.size > MOST_BYTES)
      settle(new Error(`the file is larger than any blueprint (${MOST_BYTES / 2 ** 20} MiB)`));
    else
      file.arrayBuffer().then(
        (buffer) => settle(new Uint8Array(buffer)),
        () => settle(new Error("the browser cannot read this file; choose it again")),
      );
    return () => {
      current = false;
    };
  }, [file]);
  return bytes;
}
