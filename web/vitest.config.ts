import { defineConfig } from "vitest/config";

/** A test waits as long as a loaded machine may take; none of them waits for nothing. */
export default defineConfig({ test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], testTimeout: 60_000 } });
