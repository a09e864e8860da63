/**
 * The pages of this browser that are open. Each holds a lock that ends with it, so that what a page left behind is
 * taken up once it is gone, and by one page only. Where there are no locks (plain http) the others are asked.
 */

import { newKey } from "../gateway/keys.js";

type LetGo = () => void;

const ANSWER_MS = 200;

/** The name of this page. */
export const page = newKey();

const claimed = new Set([page]);
const held = hold(page);
const channel = navigator.locks || typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("nf.pages");
channel?.addEventListener("message", ({ data }) => {
  if (claimed.has(data.asked)) channel.postMessage({ alive: data.asked });
});

/** Makes a page that is gone this one's; gives the means to let go of it again, null where it is not gone. */
export async function claim(other: string): Promise<LetGo | null> {
  await held;
  if (claimed.has(other) || (await answers(other))) return null;
  const release = await hold(other);
  if (!release) return null;
  claimed.add(other);
  return () => {
    claimed.delete(other);
    release();
  };
}

/** Holds a page's lock until it is let go of or this page ends; null where another page holds it. */
function hold(name: string): Promise<LetGo | null> {
  if (!navigator.locks) return Promise.resolve(() => {});
  return new Promise((resolve) => {
    void navigator.locks.request(`nf.page.${name}`, { ifAvailable: true }, (lock) => {
      if (lock) return new Promise<void>((release) => resolve(release));
      resolve(null);
      return undefined;
    });
  });
}

/** Whether a page says that it is there; asked only where no lock tells. */
async function answers(name: string): Promise<boolean> {
  if (!channel) return false;
  return new Promise((resolve) => {
    const hear = ({ data }: MessageEvent) => data.alive === name && resolve(true);
    channel.addEventListener("message", hear);
    channel.postMessage({ asked: name });
    setTimeout(() => {
      channel.removeEventListener("message", hear);
      resolve(false);
    }, ANSWER_MS);
  });
}
