import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { contentSecurityPolicy } from "./build/content-security-policy.ts";
import { sandboxPages } from "./build/sandbox-pages.ts";

/** Cross-origin isolation: gives workers SharedArrayBuffer (Wasm threads) and precise clocks. */
export const isolationHeaders = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

export default defineConfig({
  base: "./",
  plugins: [react(), contentSecurityPolicy(), sandboxPages()],
  worker: { format: "es" },
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  build: {
    target: "chrome125",
    sourcemap: false,
    rolldownOptions: { input: ["index.html", "lab.html"] },
  },
});
