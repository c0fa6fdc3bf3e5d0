import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, relative, sep } from "node:path";
import { ISOLATION_HEADERS } from "../build/isolation-headers";
import { isSandboxPage, SANDBOX_PAGE_HEADERS } from "../build/sandbox-pages";
import { createRelay } from "./relay";
import { ROOT } from "./root";

/** The built app behind a local address, with the headers of a cross-origin isolated page. */
export interface AppServer {
  /** Ends with a slash. */
  readonly url: string;
  /** Of its relay, below `url`. */
  readonly relayPath: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** How many ports after a taken one are tried. */
const MORE_PORTS = 20;

/**
 * Serves the build as it is now, from memory, on the loopback interface: a later build does not pull the scripts of a run
 * from under it.
 * @param port 0 for any; when it is taken, the next free one.
 */
export async function serveApp(port: number): Promise<AppServer> {
  const files = readFolder(join(ROOT, "dist"));
  const relay = createRelay();
  const server = createServer((request, response) => {
    if (relay.handle(request, response)) return;
    // By hand: whatever is asked for, an address that is none does not end the server.
    const path = (request.url ?? "/").replace(/[?#].*$/s, "").replace(/^\/+/, "") || "index.html";
    send(response, path, files.get(path));
  });
  await listen(server, port, MORE_PORTS);
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    relayPath: relay.path,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, path: string, file: Buffer | undefined): void {
  const headers = isSandboxPage(path) ? SANDBOX_PAGE_HEADERS : ISOLATION_HEADERS;
  if (!file) response.writeHead(404, { ...headers, "Content-Type": "text/plain" }).end("There is no such file.");
  else {
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    const more = { "Content-Type": type, "Content-Length": file.length, "Cache-Control": "no-cache" };
    response.writeHead(200, { ...headers, ...more }).end(file);
  }
}

/** Files by their path from `folder`, with slashes. */
function readFolder(folder: string): ReadonlyMap<string, Buffer> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [relative(folder, path).split(sep).join("/"), readFileSync(path)]));
}

async function listen(server: Server, port: number, more: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "localhost", resolve);
    });
  } catch (thrown) {
    const taken = (thrown as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (!taken || more === 0) throw thrown;
    await listen(server, port + 1, more - 1);
  }
}
