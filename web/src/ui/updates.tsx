/** Keeps the studio on this device, so that it opens without a connection; offers a newer one when there is one. */

import { useRegisterSW } from "virtual:pwa-register/react";
import { useEffect } from "react";
import { notify } from "./notices.js";

export function Updates() {
  const {
    needRefresh: [waiting],
    updateServiceWorker,
  } = useRegisterSW();
  useEffect(() => {
    if (!waiting) return;
    const action = { label: "Reload", onSelect: () => updateServiceWorker(true) };
    notify({ text: "A newer studio is ready.", tone: "accent", lasting: true, action });
  }, [waiting, updateServiceWorker]);
  return null;
}
