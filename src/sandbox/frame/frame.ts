import { deferred } from "../../core/deferred";
import { LabError } from "../../core/errors";
import type { Language } from "../../core/problem";
import type { RealmHost } from "./realm-host";

/** The files behind the sandboxes; relative, because the app may be served from a subfolder. */
const PAGES: Record<Language, string> = { javascript: "sandbox-js.html", python: "sandbox-python.html" };

const LOAD_TIMEOUT_MS = 10_000;

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
    // An opaque origin has no name, so "*"; the broker takes the first port that its parent sends.
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
  const { promise, resolve, reject } = deferred<void>();
  const timer = setTimeout(() => {
    const hint = "Check that the file is served beside the app, and reload the page.";
    reject(new LabError("sandbox/no-frame", `The sandbox page ${frame.src} did not load.`, hint));
  }, LOAD_TIMEOUT_MS);
  frame.addEventListener("load", () => resolve(), { once: true });
  document.body.append(frame);
  return promise.finally(() => clearTimeout(timer));
}
