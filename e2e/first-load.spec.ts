import { request } from "node:http";
import { urlToHttpOptions } from "node:url";
import { expect, type Response, test } from "@playwright/test";

/** A visit that only looks must not pay for Python, for WebLLM or for the client of endpoints. */
test("the first load brings neither Python nor an engine", async ({ page }) => {
  const requested: string[] = [];
  const scripts: { readonly name: string; readonly bytes: Promise<number> }[] = [];
  const note = (response: Response) => {
    const { pathname } = new URL(response.url());
    requested.push(pathname);
    if (pathname.endsWith(".js")) {
      scripts.push({ name: pathname, bytes: response.body().then((body) => body.length) });
    }
  };
  page.on("response", note);
  await page.goto("/");
  await expect(page.getByRole("tree").getByRole("treeitem").first()).toBeAttached();
  await page.waitForLoadState("networkidle");
  // What comes later is none of the first load, and would be cut off by the end of the test.
  page.off("response", note);

  expect(requested.filter((path) => /pyodide|sandbox-python|openai|web-?llm|\.safetensors/i.test(path))).toEqual([]);
  // WebLLM's chunk alone is six million characters, whatever the bundler calls it.
  for (const { name, bytes } of scripts) expect(await bytes, name).toBeLessThan(1_000_000);
});

test("the server goes on, whatever address is asked for", async ({ baseURL }) => {
  const statusOf = (path: string) =>
    new Promise((resolve, reject) => {
      request({ ...urlToHttpOptions(new URL(String(baseURL))), path }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
  for (const [path, status] of [
    ["//", 200],
    ["/?a#b", 200],
    ["/%", 404],
    ["http://", 404],
    ["/index.html", 200],
  ] as const) {
    expect(await statusOf(path), path).toBe(status);
  }
});
