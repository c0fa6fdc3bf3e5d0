import type { Page } from "@playwright/test";

/** What came of a Python program in the frame: how it ended, and the texts of its reports. */
export interface FrameOutcome {
  readonly reason: string;
  readonly reports: readonly unknown[];
}

/**
 * Opens the built Python sandbox in a page, as the app does but without the app, and runs a whole program in it.
 * @param page at some address beside `pyodide/`.
 */
export function runInPythonFrame(page: Page, code: string): Promise<FrameOutcome> {
  return page.evaluate(async (program) => {
    const load = async (name: string) => {
      const response = await fetch(`pyodide/${name}.bin`);
      if (!response.ok || !response.body) throw new Error(`${name}: ${response.status}`);
      const gzip = name === "stdlib" ? response.body : response.body.pipeThrough(new DecompressionStream("gzip"));
      return [name, await new Response(gzip).arrayBuffer()] as const;
    };
    const files = Object.fromEntries(await Promise.all(["script", "wasm", "stdlib", "snapshot"].map(load)));
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.setAttribute("credentialless", "");
    frame.src = "sandbox-python.html";
    const loaded = new Promise((resolve) => {
      frame.onload = resolve;
    });
    document.body.append(frame);
    await loaded;
    const { port1, port2 } = new MessageChannel();
    const work = { kind: "programs", inputs: [""] };
    const job = { preamble: "", code: program, entryPoint: null, work, timeLimitMs: 30_000 };
    const reports: unknown[] = [];
    const outcome = new Promise<{ reason: string; reports: unknown[] }>((resolve) => {
      port1.onmessage = ({ data }) => {
        if (data.type === "installed") port1.postMessage({ type: "run", job: 0, program: job });
        if (data.type === "report") reports.push(JSON.parse(data.text));
        if (data.type === "end") resolve({ reason: data.reason, reports });
        if (data.type === "install-failed") resolve({ reason: data.message, reports });
      };
    });
    frame.contentWindow?.postMessage(null, "*", [port2]);
    port1.postMessage({ type: "install", files, concurrency: 1 });
    return outcome;
  }, code);
}
