import { deferred } from "../../core/deferred";
import { type ErrorData, fromErrorData, LabError, toErrorData } from "../../core/errors";
import type { Language } from "../../core/problem";

/** Gives out sandboxes; only a window can (frame.ts), a worker asks one over a port. */
export interface RealmHost {
  /**
   * A port to the broker of a fresh sandbox. The sandbox opened before for this language is removed together with all that
   * runs in it. A port may come from a page that did not load: the broker's `ready` is the proof of life.
   * @throws LabError `sandbox/no-frame` when the page cannot be had.
   */
  openRealmPort(language: Language): Promise<MessagePort>;
  /** Removes the sandbox of this language, if there is one. */
  closeRealm(language: Language): void;
}

type Request =
  | { readonly ask: "open"; readonly id: number; readonly language: Language }
  | { readonly ask: "close"; readonly language: Language };
type Reply = { readonly id: number; readonly port: MessagePort } | { readonly id: number; readonly error: ErrorData };

/** Wall milliseconds a window may take to answer; a busy one is slow, a gone one silent. */
const REPLY_TIMEOUT_MS = 15_000;

/** Window side: answers the {@link RealmHost} calls that come over `port`. */
export function serveRealmHost(host: RealmHost, port: MessagePort): void {
  const open = async (id: number, language: Language) => {
    try {
      const realm = await host.openRealmPort(language);
      port.postMessage({ id, port: realm } satisfies Reply, [realm]);
    } catch (thrown) {
      port.postMessage({ id, error: toErrorData(thrown) } satisfies Reply);
    }
  };
  port.onmessage = ({ data }: MessageEvent<Request>) => {
    if (data.ask === "open") void open(data.id, data.language);
    else host.closeRealm(data.language);
  };
}

/** Worker side: a {@link RealmHost} that asks the window at the other end of `port`. Every call resolves, rejects or times out. */
export function connectRealmHost(port: MessagePort): RealmHost {
  let nextId = 0;
  const waiting = new Map<number, (reply: Reply) => void>();
  port.onmessage = ({ data }: MessageEvent<Reply>) => waiting.get(data.id)?.(data);
  const openRealmPort = (language: Language): Promise<MessagePort> => {
    const id = nextId++;
    const { promise, resolve, reject } = deferred<MessagePort>();
    const timer = setTimeout(() => reject(noAnswer()), REPLY_TIMEOUT_MS);
    waiting.set(id, (reply) => {
      if ("port" in reply) resolve(reply.port);
      else reject(fromErrorData(reply.error));
    });
    port.postMessage({ ask: "open", id, language } satisfies Request);
    return promise.finally(() => {
      clearTimeout(timer);
      waiting.delete(id);
    });
  };
  return {
    openRealmPort,
    closeRealm: (language) => port.postMessage({ ask: "close", language } satisfies Request),
  };
}

function noAnswer(): LabError {
  return new LabError(
    "sandbox/no-frame",
    "The page did not open a sandbox in time.",
    "Reload the page and run it again.",
  );
}
