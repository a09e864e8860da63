/** Whether an element has come near the screen, so that what it shows is asked for only then. */

import { type RefObject, useEffect, useRef, useState } from "react";

export function useSeen<Seen extends Element>(): [RefObject<Seen | null>, boolean] {
  const element = useRef<Seen>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!element.current || seen) return;
    const watcher = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setSeen(true),
      { rootMargin: "200px" },
    );
    watcher.observe(element.current);
    return () => watcher.disconnect();
  }, [seen]);
  return [element, seen];
}
