/** What the list of runs shows, as its address says it: filter, order, choice; so that it can be shared. */

import type { VariablesOf } from "../gateway/graphql.js";
import type { RUNS, State } from "./queries.js";
import { STATES } from "./states.js";

export type Order = VariablesOf<typeof RUNS>["order"];

export interface Listing {
  readonly states: readonly State[];
  readonly query: string;
  readonly architecture: string;
  readonly order: Order;
  readonly descending: boolean;
  /** Runs chosen to be compared. */
  readonly chosen: readonly string[];
  readonly comparing: boolean;
  /** The series compared; empty for the first there is. */
  readonly metric: string;
  readonly axis: Axis;
}

export const AXES = ["step", "epoch", "time"] as const;
export type Axis = (typeof AXES)[number];
export const MOST_CHOSEN = 20;

const ORDERS: readonly Order[] = [
  "CREATED_AT",
  "NAME",
  "TEST_ACCURACY",
  "BEST_VALIDATION_ACCURACY",
  "DEVICE_MILLISECONDS",
];
const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Whatever cannot be is as if it were not there. */
export function listingOf(search: URLSearchParams): Listing {
  const list = (name: string) => (search.get(name) ?? "").split(",").filter(Boolean);
  const one = <Known extends string>(name: string, known: readonly Known[], usual: Known) =>
    known.find((each) => each === search.get(name)) ?? usual;
  return {
    states: list("states").filter((state): state is State => Object.hasOwn(STATES, state)),
    query: search.get("query") ?? "",
    architecture: search.get("architecture") ?? "",
    order: one("order", ORDERS, "CREATED_AT"),
    descending: search.get("ascending") === null,
    chosen: [...new Set(list("runs").filter((id) => ID.test(id)))].slice(0, MOST_CHOSEN),
    comparing: search.get("view") === "compare",
    metric: search.get("metric") ?? "",
    axis: one("axis", AXES, "step"),
  };
}

/** The shortest address of a listing. */
export function searchOf(listing: Listing): URLSearchParams {
  const found = new URLSearchParams();
  const set = (name: string, value: string, usual = "") => value !== usual && found.set(name, value);
  set("states", listing.states.join(","));
  set("query", listing.query);
  set("architecture", listing.architecture);
  set("order", listing.order, "CREATED_AT");
  set("ascending", listing.descending ? "" : "1");
  set("runs", listing.chosen.join(","));
  set("view", listing.comparing ? "compare" : "");
  set("metric", listing.metric);
  set("axis", listing.axis, "step");
  return found;
}

/** The run chosen, or no longer; beyond the most none is added. */
export function toggled(listing: Listing, id: string): Listing {
  const { chosen } = listing;
  if (chosen.includes(id)) return { ...listing, chosen: chosen.filter((each) => each !== id) };
  return chosen.length < MOST_CHOSEN ? { ...listing, chosen: [...chosen, id] } : listing;
}

/** A first click on a column orders by it: names from A on, figures from the greatest down; a second turns it round. */
export function ordered(listing: Listing, order: Order): Listing {
  const descending = listing.order === order ? !listing.descending : order !== "NAME";
  return { ...listing, order, descending };
}

export function variablesOf(project: string, listing: Listing, first: number, after = ""): VariablesOf<typeof RUNS> {
  const { states, query, architecture, order, descending } = listing;
  return {
    project,
    states: states.length > 0 ? [...states] : null,
    query,
    architecture: architecture || null,
    order,
    descending,
    first,
    after,
  };
}
