import open from "open";
import { buildAppIfStale } from "./dist";
import { serveApp } from "./serve";

const PORT = 4173;

/** False on servers and in CI, where opening a browser fails or startles. */
function hasScreen(): boolean {
  if (process.env.CI || !process.stdout.isTTY) return false;
  if (process.platform !== "linux") return true;
  return Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

await buildAppIfStale((line) => console.log(line));
const { url } = await serveApp(PORT);
console.log(`\nO1-CODER Lab runs at ${url}\nPress Ctrl+C to stop it.`);
if (hasScreen()) await open(url).catch(() => {});
