/** Sends a file by a form the gateway gave, and tells how far it is: `fetch` cannot, an XMLHttpRequest can. */

import { Refusal } from "../gateway/outcome.js";

export interface Place {
  readonly url: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** Rejects with Refusal, or with an AbortError where `signal` said so. */
export function send(place: Place, file: File, told: (share: number) => void, signal: AbortSignal): Promise<void> {
  const form = new FormData();
  for (const { name, value } of place.fields) form.append(name, value);
  form.append("file", file);
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop, { once: true });
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => lengthComputable && told(loaded / total);
    request.onload = () => (request.status < 300 ? done() : fail(refusal(request.responseText)));
    request.onerror = () =>
      fail(new Refusal("UNREACHABLE", "The connection was lost while the file was sent; send it again"));
    request.onabort = () => fail(new DOMException("stopped", "AbortError"));
    request.onloadend = () => signal.removeEventListener("abort", stop);
    request.open("POST", place.url);
    request.send(form);
    if (signal.aborted) stop();
  });
}

function refusal(answer: string): Refusal {
  try {
    const { error } = JSON.parse(answer) as { error: { code: string; message: string } };
    return new Refusal(error.code, error.message);
  } catch {
    return new Refusal("INTERNAL", "The file was not taken; send it again");
  }
}
