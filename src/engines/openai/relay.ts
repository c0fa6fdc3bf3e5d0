/** What a relay is asked to send. */
export interface RelayedRequest {
  /** Its own among all of a client's. */
  readonly id: number;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What a relay tells of a request, one a line. */
export type RelayedEvent = { readonly id: number } & (
  | { readonly kind: "head"; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  /** Bytes of the answer, in base64. */
  | { readonly kind: "piece"; readonly bytes: string }
  | { readonly kind: "end" }
  /** No answer, or one that broke off. */
  | { readonly kind: "fault" }
);

interface Answering {
  readonly head: (response: Response) => void;
  readonly refuse: (thrown: unknown) => void;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly controller: () => ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null;
}

/**
 * A `fetch` that has somebody else send: a relay beside this page, which tells of all answers over one connection. A browser opens six
 * connections to a host and no more, and no page may call a server that does not allow it; a relay knows no such bounds.
 * @param address of the relay, with a slash at its end.
 */
export function relayedFetch(address: string): typeof fetch {
  const client = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16)).join("-");
  const answering = new Map<number, Answering>();
  let listening: Promise<void> | null = null;
  let count = 0;
  const post = (path: string, message: object) =>
    fetch(`${address}${path}?client=${client}`, { method: "POST", body: JSON.stringify(message) });
  const gone = () => {
    listening = null;
    for (const each of answering.values()) fail(each, new TypeError("The relay is gone."));
    answering.clear();
  };
  const listen = async () => {
    const { body, ok } = await fetch(`${address}events?client=${client}`);
    if (!body || !ok) throw new TypeError("There is no relay.");
    void take(body, (event) => tell(answering, event)).then(gone, gone);
  };

  return async (input, init = {}) => {
    const { signal } = init;
    signal?.throwIfAborted();
    listening ??= listen();
    await listening;
    const id = count++;
    return new Promise<Response>((resolve, reject) => {
      let controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
      const forget = () => {
        if (answering.delete(id)) void post("cancel", { id }).catch(() => {});
      };
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
        start: (given) => {
          controller = given;
        },
        cancel: forget,
      });
      const mine: Answering = { head: resolve, refuse: reject, body, controller: () => controller };
      answering.set(id, mine);
      signal?.addEventListener(
        "abort",
        () => {
          if (answering.has(id)) fail(mine, signal.reason);
          forget();
        },
        { once: true },
      );
      const headers = Object.fromEntries(new Headers(init.headers ?? {}));
      const text = typeof init.body === "string" ? init.body : null;
      const request: RelayedRequest = { id, url: String(input), method: init.method ?? "GET", headers, body: text };
      post("send", request).catch((thrown) => {
        answering.delete(id);
        fail(mine, thrown);
      });
    });
  };
}

function fail({ refuse, controller }: Answering, thrown: unknown): void {
  refuse(thrown);
  controller()?.error(thrown);
}

function tell(answering: Map<number, Answering>, event: RelayedEvent): void {
  const mine = answering.get(event.id);
  if (!mine) return;
  switch (event.kind) {
    case "head": {
      const isEmpty = event.status === 204 || event.status === 304;
      mine.head(new Response(isEmpty ? null : mine.body, { status: event.status, headers: event.headers }));
      return;
    }
    case "piece":
      mine.controller()?.enqueue(Uint8Array.from(atob(event.bytes), (character) => character.charCodeAt(0)));
      return;
    case "end":
      answering.delete(event.id);
      mine.controller()?.close();
      return;
    case "fault":
      answering.delete(event.id);
      fail(mine, new TypeError("No answer."));
  }
}

/** Reads events, one a line, to the end. */
async function take(body: ReadableStream<Uint8Array>, onEvent: (event: RelayedEvent) => void): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (let part = await reader.read(); part.value; part = await reader.read()) {
    const lines = (rest + decoder.decode(part.value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") onEvent(JSON.parse(line) as RelayedEvent);
  }
}
