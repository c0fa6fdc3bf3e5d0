import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
};

/** The built app behind a server of any kind, and what it was asked for. */
export interface StaticServer {
  /** Ends with a slash. */
  readonly url: string;
  /** Paths of all requests and attempts to open a socket, in order. */
  readonly hits: string[];
  close(): Promise<void>;
}

/**
 * Serves `dist/` under a folder of a free local port, the way a plain file server would.
 * @param headers what to send with the file of that path, besides its type.
 */
export async function serveDist(folder: string, headers: (path: string) => OutgoingHttpHeaders): Promise<StaticServer> {
  const hits: string[] = [];
  const note = (request: IncomingMessage) => hits.push(new URL(request.url ?? "/", "http://host").pathname);
  const server = createServer((request, response) => {
    note(request);
    const path = (request.url ?? "/").split("?")[0]?.slice(1) ?? "";
    try {
      if (!path.startsWith(folder)) throw new Error("Elsewhere");
      const file = path.slice(folder.length);
      const body = readFileSync(join(DIST, file));
      response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", ...headers(file) });
      response.end(body);
    } catch {
      response.writeHead(404, { "Content-Type": "text/html", "Access-Control-Allow-Origin": "*" }).end("Nothing here.");
    }
  });
  server.on("upgrade", (request, socket) => {
    note(request);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/${folder}`,
    hits,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
