import { fileURLToPath } from "node:url";
import yaml from "@rollup/plugin-yaml";
import tailwindcss from "@tailwindcss/vite";
import optimizeLocales from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import { compression } from "vite-plugin-compression2";
import { defineConfig } from "vitest/config";

/** Where `make dev` finds the API. */
const API = process.env.LECTERN_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [
    react(),
    tailwindcss(),
    yaml(),
    // the one language there is
    { ...optimizeLocales.vite({ locales: ["en-US"] }), enforce: "pre" },
    compression({ algorithms: ["gzip", "brotliCompress"], include: /\.(js|css|svg)$/ }),
  ],
  resolve: {
    alias: [
      { find: "@samples", replacement: fileURLToPath(new URL("../samples", import.meta.url)) },
      { find: /^@\//, replacement: fileURLToPath(new URL("./src/", import.meta.url)) },
    ],
  },
  build: {
    target: "es2022",
    // the content security policy knows no data: addresses
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
  },
  server: { proxy: { "/api": { target: API } } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    // one page for all files of a worker: making one takes longer than what is tried in it
    isolate: false,
    maxWorkers: 2,
    // the machine may be slow; what is waited for comes, or never
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
