import { deferred } from "../../core/deferred";
import { type ErrorData, fromErrorData, LabError, toErrorData } from "../../core/errors";
import type { Language } from "../../core/problem";
import { within } from "./within";

/** Gives out sandboxes; only a window can ({@link createFrameHost}), a worker asks one over a port. */
export interface RealmHost {
  /**
   * A port to the supervisor of a fresh sandbox. The sandbox opened before for this language is removed together with
   * all that runs in it. A port may come from a page that did not load: the supervisor's `ready` is the proof of life.
   * @throws LabError `sandbox/no-frame` when the page cannot be had.
   */
  openRealmPort(language: Language): Promise<MessagePort>;
  /** Removes the sandbox of this language, if there is one. */
  closeRealm(language: Language): void;
}

/** The files behind the sandboxes; relative, because the app may be served from a subfolder. */
const PAGES: Record<Language, string> = { javascript: "sandbox-js.html", python: "sandbox-python.html" };

const LOAD_TIMEOUT_MS = 30_000;

/** How {@link createFrameHost} finds its pages. */
export interface FrameHostOptions {
  /** What the page names are relative to; default the document's base. */
  readonly baseUrl?: string;
}

/**
 * The window's part of the sandbox: one invisible frame per language, from a file of its own (a `srcdoc` would inherit the
 * app's policy), with scripts and nothing else allowed, so with an opaque origin and, in Chrome, a process of its own.
 * Removing the frame ends that process and all that runs in it.
 */
export function createFrameHost(options: FrameHostOptions = {}): RealmHost {
  const frames = new Map<Language, HTMLIFrameElement>();
  const closeRealm = (language: Language): void => {
    frames.get(language)?.remove();
    frames.delete(language);
  };
  const openRealmPort = async (language: Language): Promise<MessagePort> => {
    closeRealm(language);
    const frame = makeFrame(new URL(PAGES[language], options.baseUrl ?? document.baseURI).href);
    frames.set(language, frame);
    await loaded(frame);
    const { port1, port2 } = new MessageChannel();
    // An opaque origin has no name, so "*"; the supervisor takes the first port that its parent sends.
    frame.contentWindow?.postMessage(null, "*", [port2]);
    return port1;
  };
  return { openRealmPort, closeRealm };
}

function makeFrame(url: string): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  // Lets a cross-origin isolated app frame the page even where a plain file server sends it without headers.
  frame.setAttribute("credentialless", "");
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  frame.title = "Sandbox";
  frame.hidden = true;
  frame.src = url;
  return frame;
}

function loaded(frame: HTMLIFrameElement): Promise<void> {
  const { promise, resolve } = deferred<void>();
  frame.addEventListener("load", () => resolve(), { once: true });
  document.body.append(frame);
  return within(promise, LOAD_TIMEOUT_MS, () => {
    const hint = "Check that the file is served beside the app, and reload the page.";
    return new LabError("sandbox/no-frame", `The sandbox page ${frame.src} did not load.`, hint);
  });
}

type Request =
  | { readonly ask: "open"; readonly id: number; readonly language: Language }
  | { readonly ask: "close"; readonly language: Language };
type Reply = { readonly id: number; readonly port: MessagePort } | { readonly id: number; readonly error: ErrorData };

/** Wall milliseconds a window may take to answer, those of loading the page among them; a busy one is slow, a gone one silent. */
const REPLY_TIMEOUT_MS = LOAD_TIMEOUT_MS + 15_000;

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
    waiting.set(id, (reply) => {
      if ("port" in reply) resolve(reply.port);
      else reject(fromErrorData(reply.error));
    });
    port.postMessage({ ask: "open", id, language } satisfies Request);
    return within(promise, REPLY_TIMEOUT_MS, noAnswer).finally(() => waiting.delete(id));
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
