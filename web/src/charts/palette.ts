/** Colours of lines in both themes; dashes and names tell them apart for those who do not see the colours. */

/** How a line is drawn: a hue of the theme's lightness and chroma, and lengths of dash and gap (none: solid). */
export interface Stroke {
  readonly hue: number;
  readonly dash: readonly number[];
}

/** Neighbours lie far apart on the wheel. */
const HUES = [285, 55, 165, 350, 230, 100, 25, 200, 310, 135];
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 4]];

/** The stroke of the n-th of several lines; thirty differ. */
export function strokeOf(place: number): Stroke {
  const [hue, dash] = [HUES[place % HUES.length], DASHES[Math.floor(place / HUES.length) % DASHES.length]];
  return { hue: hue as number, dash: dash as readonly number[] };
}

/** A colour by the theme's own properties, for elements. */
export function elementColour(hue: number): string {
  return `oklch(var(--category-light) var(--category-chroma) ${hue})`;
}

/** What a canvas draws with; read anew for each drawing, as the theme may have changed. */
export interface Ink {
  readonly text: string;
  readonly grid: string;
  readonly axis: string;
  readonly font: string;
  readonly colour: (hue: number, alpha?: number) => string;
}

export function inkOf(element: HTMLElement): Ink {
  const styles = getComputedStyle(element);
  const token = (name: string) => styles.getPropertyValue(name).trim();
  const [light, chroma] = [token("--category-light"), token("--category-chroma")];
  return {
    text: token("--muted"),
    grid: token("--line"),
    axis: token("--line"),
    font: `11px ${styles.fontFamily}`,
    colour: (hue, alpha = 1) => `oklch(${light} ${chroma} ${hue} / ${alpha})`,
  };
}
