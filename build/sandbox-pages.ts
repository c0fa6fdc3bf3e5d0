import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build, type Connect, type Plugin, type Rolldown } from "vite";

/** The name under which the JavaScript lane's page is served, beside the app's own page. */
export const SANDBOX_JS_PAGE = "sandbox-js.html";

/**
 * What a server should send with a sandbox page: it must be embeddable in a cross-origin isolated app, and stay harmless
 * when it is opened by itself.
 */
export const SANDBOX_PAGE_HEADERS = {
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": "sandbox allow-scripts",
} as const;

const source = (name: string) => fileURLToPath(new URL(`../src/sandbox/page/${name}`, import.meta.url));

/** One entry and all it imports as one classic script. */
async function bundle(entry: string, define: Record<string, string> = {}): Promise<string> {
  const result = (await build({
    configFile: false,
    publicDir: false,
    logLevel: "error",
    define,
    build: {
      write: false,
      minify: false,
      modulePreload: false,
      target: "es2023",
      lib: { entry: source(entry), formats: ["iife"], name: "sandbox" },
    },
  })) as Rolldown.RolldownOutput[];
  const chunk = result[0]?.output[0];
  if (!chunk) throw new Error(`No output for ${entry}`);
  return `"use strict";\n${chunk.code.replaceAll("\r\n", "\n")}`;
}

/** The page of the JavaScript lane: one inline script, and a policy that names its hash and allows nothing else out or in. */
export async function sandboxJsPage(): Promise<string> {
  const realm = await bundle("realm.ts");
  const broker = await bundle("broker.ts", { REALM_SOURCE: JSON.stringify(realm) });
  const script = `\n${broker}\n`;
  if (/<\/script|<!--/i.test(script)) throw new Error("The sandbox script would end its own element.");
  const hash = createHash("sha256").update(script).digest("base64");
  const policy =
    "default-src 'none'; connect-src 'none'; worker-src blob:; " +
    `script-src 'sha256-${hash}' 'wasm-unsafe-eval' 'unsafe-eval'; base-uri 'none'; form-action 'none'`;
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    "<title>Sandbox</title>",
    "</head>",
    "<body>",
    `<script>${script}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** Serves the sandbox pages while developing and testing, writes them into the built app, and sends their headers. */
export function sandboxPages(): Plugin {
  let page: Promise<string> | null = null;
  const isPage = (request: Connect.IncomingMessage) => request.url?.split("?")[0]?.endsWith(`/${SANDBOX_JS_PAGE}`);
  const sendHeaders: Connect.NextHandleFunction = (request, response, next) => {
    if (isPage(request)) {
      for (const [name, value] of Object.entries(SANDBOX_PAGE_HEADERS)) response.setHeader(name, value);
    }
    next();
  };
  const sendPage: Connect.NextHandleFunction = (request, response, next) => {
    if (!isPage(request)) return next();
    page ??= sandboxJsPage();
    page.then((html) => {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.setHeader("Cache-Control", "no-cache");
      response.end(html);
    }, next);
  };
  return {
    name: "sandbox-pages",
    configureServer(server) {
      server.watcher.on("change", (path) => {
        if (path.replaceAll("\\", "/").includes("/src/sandbox/")) page = null;
      });
      server.middlewares.use(sendHeaders);
      server.middlewares.use(sendPage);
    },
    configurePreviewServer(server) {
      server.middlewares.use(sendHeaders);
    },
    async generateBundle() {
      if (this.environment.name !== "client") return;
      this.emitFile({ type: "asset", fileName: SANDBOX_JS_PAGE, source: await sandboxJsPage() });
    },
  };
}
