/** Files made in the browser, handed to the person. */

const LONGEST_NAME = 80;

/** Saves a file under a name. */
export function download(name: string, content: string | Blob, type = "text/plain"): void {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A name that every system takes: "tiny-cnn-version-3.json". */
export function fileName(name: string, extension: string): string {
  const plain = name
    .normalize("NFKC")
    .replace(/[^\p{L}\p{N}._]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
  return `${[...plain].slice(0, LONGEST_NAME).join("") || "network"}.${extension}`;
}
