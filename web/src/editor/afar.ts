/**
 * Whether many nodes are seen from so far away that no port can be hit and no shape be read: they are drawn with much
 * less then, as a browser cannot keep thousands of ports and labels in motion.
 */

import { createContext, useContext } from "react";
import { extent } from "../canvas/geometry.js";

/** Below this, cards show their layer alone. */
export const FAR = 0.45;
/** A drawing of fewer nodes than this has all its parts from afar too. */
const MANY = 120;

export function isCrowded(far: boolean, nodes: number): boolean {
  return far && nodes >= MANY;
}

const LEAST_ZOOM = 0.1;
/** How many nodes a browser can show at once. */
const MOST_SEEN = 2000;
/** In pixels: what a whole drawing is let shrink to, less than what any screen has for it. */
const LEAST_SIZE = 300;
const THIN = 1.5;

/** As far away as one may go: until a long network is seen as a whole. In steps, as nodes on the move change little. */
export function leastZoom(nodes: readonly { readonly position: { readonly x: number; readonly y: number } }[]): number {
  if (nodes.length > MOST_SEEN) return LEAST_ZOOM;
  const size = Math.max(
    ...[nodes.map(({ position }) => position.x), nodes.map(({ position }) => position.y)].map(extent),
  );
  return LEAST_ZOOM / 2 ** Math.max(0, Math.ceil(Math.log2((LEAST_ZOOM * size) / LEAST_SIZE)));
}

/** How thick an edge must be to be seen, in steps; null where it is as it always is. */
export function thickness(zoom: number): number | null {
  return zoom < LEAST_ZOOM ? 2 ** Math.ceil(Math.log2(THIN / zoom)) : null;
}

export const CrowdedContext = createContext(false);

export function useCrowded(): boolean {
  return useContext(CrowdedContext);
}
