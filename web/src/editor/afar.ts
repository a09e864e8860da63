/**
 * Whether many nodes are seen from so far away that no port can be hit and no shape be read: they are drawn with much
 * less then, as a browser cannot keep thousands of ports and labels in motion.
 */

import { createContext, useContext } from "react";

/** Below this, cards show their layer alone. */
export const FAR = 0.45;
/** A drawing of fewer nodes than this has all its parts from afar too. */
const MANY = 120;

export function isCrowded(far: boolean, nodes: number): boolean {
  return far && nodes >= MANY;
}

export const CrowdedContext = createContext(false);

export function useCrowded(): boolean {
  return useContext(CrowdedContext);
}
