import { randomBytes } from "node:crypto";
import { type ClientRequest, type IncomingMessage, request as overHttp, type ServerResponse } from "node:http";
import { request as overHttps } from "node:https";
import type { RelayedEvent, RelayedRequest } from "../src/engines/openai/relay";

/** Sends what the headless page would have its browser send, and tells it of the answers over one connection. */
export interface Relay {
  /** Below the app's own address, with a slash at its end; secret, so that no other page has anything sent. */
  readonly path: string;
  /** Whether a request was for the relay; then it is answered. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
}

interface Client {
  readonly listener: ServerResponse;
  readonly underWay: Map<number, ClientRequest>;
}

/** See {@link Relay}; the other side is `relayedFetch`. */
export function createRelay(): Relay {
  const path = `relay-${randomBytes(16).toString("hex")}/`;
  const clients = new Map<string, Client>();
  const listen = (name: string, response: ServerResponse) => {
    const client: Client = { listener: response, underWay: new Map() };
    clients.set(name, client);
    response.writeHead(200, { "Content-Type": "application/x-ndjson", "Cache-Control": "no-store" }).write("\n");
    response.on("close", () => {
      clients.delete(name);
      for (const request of client.underWay.values()) request.destroy();
    });
  };
  const obey = async (order: string, client: Client, request: IncomingMessage, response: ServerResponse) => {
    const asked = JSON.parse(await textOf(request)) as RelayedRequest;
    response.writeHead(204).end();
    if (order === "send") send(client, asked);
    else client.underWay.get(asked.id)?.destroy();
  };
  return {
    path,
    handle(request, response) {
      // Before it is read as an address, which not everything that is asked for is.
      if (!request.url?.startsWith(`/${path}`)) return false;
      const { pathname, searchParams } = new URL(request.url, "http://localhost");
      const order = pathname.slice(path.length + 1);
      const name = searchParams.get("client") ?? "";
      const client = clients.get(name);
      if (order === "events") listen(name, response);
      else if (client && request.method === "POST") {
        obey(order, client, request, response).catch(() => response.destroy());
      } else response.writeHead(404).end();
      return true;
    },
  };
}

function send({ listener, underWay }: Client, { id, url, method, headers, body }: RelayedRequest): void {
  const tell = (event: RelayedEvent) => {
    if (!listener.writableEnded) listener.write(`${JSON.stringify(event)}\n`);
  };
  let hasEnded = false;
  const end = (event: RelayedEvent) => {
    if (!hasEnded) tell(event);
    hasEnded = true;
    underWay.delete(id);
  };
  try {
    // Node's own `fetch` gives up when nothing comes for five minutes; a queue may take longer.
    const request = (url.startsWith("https:") ? overHttps : overHttp)(url, { method, headers }, (answer) => {
      tell({ id, kind: "head", status: answer.statusCode ?? 502, headers: plain(answer) });
      answer.on("data", (bytes: Buffer) => tell({ id, kind: "piece", bytes: bytes.toString("base64") }));
      answer.on("end", () => end({ id, kind: "end" }));
      answer.on("error", () => end({ id, kind: "fault" }));
    });
    request.on("error", () => end({ id, kind: "fault" }));
    underWay.set(id, request);
    request.end(body ?? undefined);
  } catch {
    end({ id, kind: "fault" });
  }
}

/** The headers that the page may want to see; what says how the body was packed is not true of the pieces it gets. */
function plain({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const names = ["content-type", "retry-after"] as const;
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
