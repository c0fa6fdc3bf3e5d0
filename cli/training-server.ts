import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

/** The files of a run. */
export interface TrainingFiles {
  /** Folder of the built page. */
  readonly page: string;
  readonly tokenizer: string;
  /** What is to be done: job and data. */
  readonly task: string;
  /** Folder of the model it begins with, when there is one. */
  readonly start: string | null;
  /** Read at the start, written as the run goes on. */
  readonly checkpoint: string;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/** Serves the training page, cross-origin isolated, and takes what it saves. A fixed build: edits never reload it. */
export async function serveTraining(files: TrainingFiles): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    handle(files, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function handle(files: TrainingFiles, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
  if (request.method === "PUT") {
    if (pathname !== "/checkpoint") response.writeHead(404).end();
    else {
      writeAtomically(files.checkpoint, await readBody(request));
      response.writeHead(204).end();
    }
    return;
  }
  const path = fileFor(files, pathname);
  if (path === null || !existsSync(path)) response.writeHead(404).end();
  else
    response
      .writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" })
      .end(readFileSync(path));
}

function fileFor(files: TrainingFiles, pathname: string): string | null {
  if (pathname === "/checkpoint") return files.checkpoint;
  if (pathname === "/tokenizer.json") return files.tokenizer;
  if (pathname === "/task.json") return files.task;
  if (pathname.startsWith("/start/"))
    return files.start && join(files.start, normalize(pathname.slice("/start".length)));
  return join(files.page, normalize(pathname === "/" ? "/index.html" : pathname));
}

/** A run that is killed while saving keeps its last whole checkpoint. */
function writeAtomically(path: string, bytes: Uint8Array): void {
  writeFileSync(`${path}.part`, bytes);
  renameSync(`${path}.part`, path);
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
