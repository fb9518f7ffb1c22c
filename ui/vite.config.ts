// How the page is built: one entry, hashed assets, nothing inline (the page's policy forbids it).
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    target: "es2022",
    reportCompressedSize: false,
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/webui": { target: process.env.ALCOVE_DEV_TARGET ?? "http://127.0.0.1:8799" },
      "/api": { target: process.env.ALCOVE_DEV_TARGET ?? "http://127.0.0.1:8799" },
      "/ws": { target: process.env.ALCOVE_DEV_TARGET ?? "http://127.0.0.1:8799", ws: true },
    },
  },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], environment: "node" },
});
