/** A small picture of a network; what its name says stands beside it, so it is hidden from screen readers unless named. */

import { lazy, Suspense } from "react";
import type { Props } from "./thumbnailSvg.js";

const ThumbnailSvg = lazy(() => import("./thumbnailSvg.js"));

export function Thumbnail(props: Props) {
  return (
    <Suspense fallback={<div className={props.className} />}>
      <ThumbnailSvg {...props} />
    </Suspense>
  );
}
