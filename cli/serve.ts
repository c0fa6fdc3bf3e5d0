import { preview } from "vite";
import { ROOT } from "./root";

/** The built app behind a local address, with the headers of a cross-origin isolated page. */
export interface AppServer {
  /** Ends with a slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `dist/` on the loopback interface; on the next free port if `port` is taken. */
export async function serveApp(port: number): Promise<AppServer> {
  const server = await preview({ root: ROOT, logLevel: "error", preview: { port, strictPort: false, open: false } });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error("The server has no local address.");
  return { url, close: () => server.close() };
}
