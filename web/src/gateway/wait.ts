/** How long to wait before something is tried again. */

const LONGEST_MS = 15_000;

/** Ever longer with each retry, and never as long for all clients. */
export async function wait(retries: number): Promise<void> {
  const base = Math.min(LONGEST_MS, 250 * 2 ** retries);
  await new Promise((resolve) => setTimeout(resolve, base * (0.5 + Math.random() / 2)));
}
