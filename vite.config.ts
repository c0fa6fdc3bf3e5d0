import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { contentSecurityPolicy } from "./build/content-security-policy.ts";
import { ISOLATION_HEADERS } from "./build/isolation-headers.ts";
import { kernelAssets, kernelsVersion } from "./build/kernels.ts";
import { pyodideAssets } from "./build/pyodide.ts";
import { sandboxPages } from "./build/sandbox-pages.ts";
import packageJson from "./package.json" with { type: "json" };

export default defineConfig({
  base: "./",
  plugins: [react(), contentSecurityPolicy(), sandboxPages(), pyodideAssets(), kernelAssets()],
  define: { "import.meta.env.APP_VERSION": JSON.stringify(`${packageJson.version} ${kernelsVersion()}`) },
  worker: { format: "es" },
  server: { headers: ISOLATION_HEADERS },
  preview: { headers: ISOLATION_HEADERS },
  build: {
    target: "chrome125",
    sourcemap: false,
    rolldownOptions: { input: ["index.html", "lab.html"] },
  },
});
