import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build, type Connect, type Plugin, type Rolldown } from "vite";
import { pythonSource } from "./pyodide.ts";

/** The names under which the sandboxes' pages are served, beside the app's own page, and how each is made. */
const PAGES: Readonly<Record<string, () => Promise<string>>> = {
  "sandbox-js.html": sandboxJsPage,
  "sandbox-python.html": sandboxPythonPage,
};

/** Whether a server should send {@link SANDBOX_PAGE_HEADERS} with the file of this name. */
export const isSandboxPage = (name: string): boolean => Object.hasOwn(PAGES, name);

/**
 * What a server should send with a sandbox page: it must be embeddable in a cross-origin isolated app, and stay
 * harmless when it is opened by itself.
 */
export const SANDBOX_PAGE_HEADERS = {
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": "sandbox allow-scripts",
} as const;

const source = (name: string) => fileURLToPath(new URL(`../src/sandbox/${name}`, import.meta.url));

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

/** The page of the JavaScript sandbox, whose realms evaluate their programs. */
async function sandboxJsPage(): Promise<string> {
  const realm = await bundle("javascript/guest/realm.ts");
  const supervisor = await bundle("javascript/guest/supervisor.ts", { REALM_SOURCE: JSON.stringify(realm) });
  return pageOf(supervisor, " 'unsafe-eval'");
}

/** The page of the Python sandbox. */
async function sandboxPythonPage(): Promise<string> {
  const realm = await bundle("python/guest/realm.ts", { PREPARE_SOURCE: JSON.stringify(pythonSource("prepare.py")) });
  const supervisor = await bundle("python/guest/supervisor.ts", { REALM_SOURCE: JSON.stringify(realm) });
  return pageOf(supervisor, "");
}

/** A page of one inline script, and a policy that names its hash and allows nothing else out or in. */
function pageOf(supervisor: string, morePermissions: string): string {
  const script = `\n${supervisor}\n`;
  if (/<\/script|<!--/i.test(script)) throw new Error("The sandbox script would end its own element.");
  const hash = createHash("sha256").update(script).digest("base64");
  const policy =
    "default-src 'none'; connect-src 'none'; worker-src blob:; " +
    `script-src 'sha256-${hash}' 'wasm-unsafe-eval'${morePermissions}; base-uri 'none'; form-action 'none'`;
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
  const made = new Map<string, Promise<string>>();
  const nameOf = (request: Connect.IncomingMessage) => request.url?.split("?")[0]?.split("/").at(-1) ?? "";
  const make = (name: string): Promise<string> => {
    const page = made.get(name) ?? (PAGES[name] as () => Promise<string>)();
    made.set(name, page);
    return page;
  };
  const sendHeaders: Connect.NextHandleFunction = (request, response, next) => {
    if (isSandboxPage(nameOf(request))) {
      for (const [name, value] of Object.entries(SANDBOX_PAGE_HEADERS)) response.setHeader(name, value);
    }
    next();
  };
  const sendPage: Connect.NextHandleFunction = (request, response, next) => {
    const name = nameOf(request);
    if (!isSandboxPage(name)) return next();
    make(name).then((html) => {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.setHeader("Cache-Control", "no-cache");
      response.end(html);
    }, next);
  };
  return {
    name: "sandbox-pages",
    configureServer(server) {
      server.watcher.on("change", (path) => {
        if (path.replaceAll("\\", "/").includes("/src/sandbox/")) made.clear();
      });
      server.middlewares.use(sendHeaders);
      server.middlewares.use(sendPage);
    },
    configurePreviewServer(server) {
      server.middlewares.use(sendHeaders);
    },
    async generateBundle() {
      if (this.environment.name !== "client") return;
      for (const name of Object.keys(PAGES)) this.emitFile({ type: "asset", fileName: name, source: await make(name) });
    },
  };
}
