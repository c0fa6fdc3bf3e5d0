import type { Page } from "@playwright/test";

/** Ways to reach a server from a worker; `T` is its address, `W` the same for sockets. Each is the body of an async function. */
const NETWORK: Readonly<Record<string, string>> = {
  fetch: 'await fetch(T + "fetch", { mode: "no-cors" })',
  "fetch, kept alive": 'await fetch(T + "keepalive", { mode: "no-cors", method: "POST", body: "x", keepalive: true })',
  "a request object": 'await fetch(new Request(T + "request", { mode: "no-cors" }))',
  XMLHttpRequest: 'await sent(new XMLHttpRequest(), (x) => { x.open("GET", T + "xhr"); x.send(); })',
  WebSocket: 'await opened(new WebSocket(W + "socket"))',
  WebSocketStream: 'await new WebSocketStream(W + "stream").opened',
  WebTransport: 'await new WebTransport(T.replace("http:", "https:") + "transport").ready',
  EventSource: 'await opened(new EventSource(T + "events"))',
  importScripts: 'importScripts(T + "scripts.js")',
  "dynamic import": 'await import(T + "module.js")',
  "dynamic import of data": `await import("data:text/javascript,import '" + T + "data.js'")`,
  "a worker from there": 'await opened(new Worker(T + "worker.js"))',
  "a worker in a worker": `await asked(new Worker(URL.createObjectURL(new Blob([
    'fetch("' + T + 'nested", { mode: "no-cors" }).then(() => postMessage("reached"), (e) => postMessage(e.name))',
  ]))))`,
  "a font": 'await new FontFace("f", "url(" + T + "font.woff2)").load()',
  sendBeacon: 'if (!navigator.sendBeacon(T + "beacon", "x")) throw new Error("refused")',
  "an image": 'await opened(Object.assign(new Image(), { src: T + "image.png" }))',
  "a DNS prefetch":
    'document.head.append(Object.assign(document.createElement("link"), { rel: "dns-prefetch", href: T }))',
  "a cache that fetches": 'await (await caches.open("c")).add(T + "cache")',
  "a service worker": 'await navigator.serviceWorker.register(T + "service.js")',
  RTCPeerConnection: 'new RTCPeerConnection({ iceServers: [{ urls: "stun:localhost" }] }).createDataChannel("d")',
};

/** Ways to keep something, or to find what the app keeps. Returning is success. */
const STORAGE: Readonly<Record<string, string>> = {
  indexedDB: 'await done(indexedDB.open("probe"))',
  caches: 'await caches.open("probe")',
  "origin private files": "await navigator.storage.getDirectory()",
  cookieStore: "await cookieStore.getAll()",
  "document.cookie": 'document.cookie = "a=b"',
  localStorage: 'localStorage.setItem("a", "b")',
  "the old file system": "webkitRequestFileSystemSync(0, 1)",
  locks: 'await navigator.locks.request("probe", () => {})',
};

/**
 * The text of a program that tries every probe and collects what happened under `outcomes`: `reached`, or the error's name.
 * It defines `probe()`, which resolves with that object.
 * @param target address of the server, with a slash at its end.
 */
export function probeProgram(target: string): string {
  const attempt = ([name, body]: [string, string]) => `${JSON.stringify(name)}: async () => { ${body}; },`;
  return `
    const T = ${JSON.stringify(target)}, W = T.replace("http:", "ws:");
    const later = (ms) => new Promise((_, reject) => setTimeout(() => reject({ name: "no answer" }), ms));
    const opened = (x) => new Promise((resolve, reject) => { x.onopen = x.onload = resolve; x.onerror = () => reject({ name: "error event" }); });
    const sent = (x, send) => { const wait = opened(x); send(x); return wait; };
    const done = (x) => new Promise((resolve, reject) => { x.onsuccess = resolve; x.onerror = () => reject(x.error); });
    const asked = (x) => new Promise((resolve, reject) => { x.onmessage = (e) => (e.data === "reached" ? resolve() : reject({ name: e.data })); x.onerror = () => reject({ name: "error event" }); });
    const attempts = { ${Object.entries({ ...NETWORK, ...STORAGE })
      .map(attempt)
      .join("\n")} };
    async function probe() {
      const outcomeOf = async (name) => {
        try {
          await Promise.race([attempts[name](), later(10_000)]);
          return [name, "reached"];
        } catch (error) { return [name, String(error && error.name)]; }
      };
      return Object.fromEntries(await Promise.all(Object.keys(attempts).map(outcomeOf)));
    }`;
}

/** The names of all probes. */
export const PROBE_NAMES: readonly string[] = Object.keys({ ...NETWORK, ...STORAGE });

/**
 * What a sandbox page says over the port that it is given when it was framed without the sandbox attribute, and its
 * origin there.
 * @param page at an address beside the page `name`.
 */
export function answersUnsandboxed(page: Page, name: string): Promise<{ origin: unknown; said: unknown[] }> {
  return page.evaluate(async (src) => {
    const frame = document.createElement("iframe");
    frame.src = src;
    const loaded = new Promise((resolve) => {
      frame.onload = resolve;
    });
    document.body.append(frame);
    await loaded;
    const { port1, port2 } = new MessageChannel();
    const said: unknown[] = [];
    const over = new Promise<void>((resolve) => {
      port1.onmessage = ({ data }) => (data === "over" ? resolve() : said.push(data));
    });
    // Called after the page's own listener, so that its answer, if there was one, would come first.
    frame.contentWindow?.addEventListener("message", ({ ports }) => ports[0]?.postMessage("over"));
    frame.contentWindow?.postMessage(null, "*", [port2]);
    await over;
    return { origin: frame.contentWindow?.origin, said };
  }, name);
}
