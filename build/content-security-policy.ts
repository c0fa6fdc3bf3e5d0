import type { Plugin } from "vite";

/**
 * What the app's own pages may do. Models, datasets and endpoints lie wherever the person says, so `connect-src` can
 * name no hosts; http is for servers in one's own network. Candidates gain nothing by it: they run in the sandbox
 * pages, whose own policy lets nothing out.
 */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self' blob: data: https: http:",
  "frame-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * Writes the content security policy into the built pages (the development server needs inline scripts, so not there).
 */
export function contentSecurityPolicy(): Plugin {
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: POLICY },
        injectTo: "head-prepend",
      },
    ],
  };
}
