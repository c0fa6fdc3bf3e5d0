import type { Connect, Plugin } from "vite";
import { type PyodideFiles, pyodideFiles } from "./pyodide.ts";

/** The folder of the built app that they lie in. */
const FOLDER = "pyodide";
/** An ending that makes no server think it should say something about compression. */
const ENDING = ".bin";

const NOTICE = `These files come from Pyodide (https://pyodide.org), version 314.0.7, under the Mozilla Public License 2.0
(https://www.mozilla.org/MPL/2.0/), and from Python, under the PSF License (https://docs.python.org/3/license.html).

  script.bin    pyodide.asm.mjs, changed: a classic script, and hooks for limits (gzip)
  wasm.bin      pyodide.asm.wasm, unchanged (gzip)
  stdlib.bin    python_stdlib.zip, without some packages and with a few modules of this project (zip)
  snapshot.bin  the memory of an interpreter that has started from them (gzip)

How they are made, and with it their source form, is in build/pyodide.ts of this project.
`;

/** What lies in the folder, by name. */
async function contents(): Promise<ReadonlyMap<string, Uint8Array | string>> {
  const { files, manifest }: PyodideFiles = await pyodideFiles();
  const named = Object.entries(files).map(([name, bytes]) => [name + ENDING, bytes] as const);
  return new Map<string, Uint8Array | string>([...named, ["manifest.json", manifest], ["LICENSE.txt", NOTICE]]);
}

/** Serves the files of the Python lane while developing and testing, and writes them into the built app. */
export function pyodideAssets(): Plugin {
  let made: Promise<ReadonlyMap<string, Uint8Array | string>> | null = null;
  const send: Connect.NextHandleFunction = (request, response, next) => {
    const path = request.url?.split("?")[0] ?? "";
    if (!path.startsWith(`/${FOLDER}/`)) return next();
    const name = path.slice(FOLDER.length + 2);
    made ??= contents();
    made.then((files) => {
      const file = files.get(name);
      if (file === undefined) return next();
      response.setHeader("Content-Type", name.endsWith(".json") ? "application/json" : "application/octet-stream");
      response.setHeader("Cache-Control", "no-cache");
      response.end(file);
    }, next);
  };
  return {
    name: "pyodide-assets",
    configureServer(server) {
      server.watcher.on("change", (path) => {
        if (path.replaceAll("\\", "/").includes("/src/sandbox/")) made = null;
      });
      server.middlewares.use(send);
    },
    async generateBundle() {
      if (this.environment.name !== "client") return;
      for (const [name, source] of await contents())
        this.emitFile({ type: "asset", fileName: `${FOLDER}/${name}`, source });
    },
  };
}
