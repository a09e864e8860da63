/** What the list of projects shows, as its address says it; what is typed gets there when the person pauses. */

import { useEffect, useState } from "react";
import { useSearchParams } from "wouter";
import { useSettled } from "../ui/useSettled.js";

export type Order = "NEWEST" | "NAME";

const TYPING_MS = 250;

export function useListing() {
  const [params, setParams] = useSearchParams();
  const query = params.get("q") ?? "";
  const order: Order = params.get("sort") === "name" ? "NAME" : "NEWEST";
  const [typed, setTyped] = useState(query);
  const settled = useSettled(typed, TYPING_MS);
  const set = (name: string, value: string) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (value) after.set(name, value);
        else after.delete(name);
        return after;
      },
      { replace: true },
    );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address follows what was typed, at that moment only.
  useEffect(() => {
    if (settled !== query) set("q", settled);
  }, [settled]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: and the other way round where a link changed the address.
  useEffect(() => {
    if (settled !== query) setTyped(query);
  }, [query]);
  return { query, order, typed, setTyped, setOrder: (order: Order) => set("sort", order === "NAME" ? "name" : "") };
}
