/** The mark of a category, as an icon in the colour of its text; the name beside it says the same in words. */

import type { CategoryLook } from "./categories.js";

export function CategoryMark({ look, size = 16 }: { look: CategoryLook; size?: number }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      aria-hidden="true"
      className="shrink-0"
      fill="none"
      stroke="currentColor"
      strokeWidth={2}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={look.mark} />
    </svg>
  );
}
