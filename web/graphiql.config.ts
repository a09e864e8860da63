/**
 * GraphiQL is built beside the studio and shares no file with it, so that it adds nothing to what pages load.
 *
 * Version 3 is the last on CodeMirror and keeps to the Content-Security-Policy; it names React 18 as the newest it knows
 * and runs on 19 (package.json overrides that), as tests/studio/test_graphiql.py sees.
 */

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/graphiql/",
  plugins: [react()],
  publicDir: false,
  build: {
    target: "es2022",
    outDir: "dist/graphiql",
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { input: "graphiql.html", checks: { moduleLevelDirective: false } },
  },
});
