/**
 * Stands in for the package `react-style-singleton`, by which Radix locks scrolling under a dialog.
 *
 * The package writes a style element, which a Content-Security-Policy without unsafe-inline refuses; an adopted style
 * sheet is the document's own.
 */

import { useEffect } from "react";

interface Sheet {
  add(css: string): void;
  remove(): void;
}

export function stylesheetSingleton(): Sheet {
  let users = 0;
  const sheet = new CSSStyleSheet();
  return {
    add(css) {
      users += 1;
      if (users > 1) return;
      sheet.replaceSync(css);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    },
    remove() {
      users -= 1;
      if (users > 0) return;
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
    },
  };
}

export function styleHookSingleton(): (styles: string, dynamic?: boolean) => void {
  const sheet = stylesheetSingleton();
  return (styles, dynamic) => {
    const version = dynamic ? styles : "";
    // biome-ignore lint/correctness/useExhaustiveDependencies: styles that are not dynamic are taken once.
    useEffect(() => {
      sheet.add(styles);
      return () => sheet.remove();
    }, [version]);
  };
}

export function styleSingleton(): (props: { styles: string; dynamic?: boolean }) => null {
  const useStyle = styleHookSingleton();
  return ({ styles, dynamic }) => {
    useStyle(styles, dynamic ?? false);
    return null;
  };
}
