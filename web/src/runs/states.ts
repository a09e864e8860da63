/** A run's state in a word and a tone. */

import type { Tone } from "../ui/states.js";
import type { State } from "./queries.js";

export const STATES: Record<State, { readonly word: string; readonly tone: Tone }> = {
  QUEUED: { word: "Queued", tone: "neutral" },
  STARTING: { word: "Starting", tone: "accent" },
  RUNNING: { word: "Running", tone: "accent" },
  COMPLETED: { word: "Completed", tone: "good" },
  FAILED: { word: "Failed", tone: "bad" },
  CANCELLED: { word: "Cancelled", tone: "warn" },
};
