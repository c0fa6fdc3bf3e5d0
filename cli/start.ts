import { Command } from "commander";
import open from "open";
import { buildAppIfStale } from "./dist";
import { numberWithin } from "./options";
import { serveApp } from "./serve";

const PORTS = { min: 0, max: 65_535, whole: true };

/** False on servers and in CI, where opening a browser fails or startles. */
function hasScreen(): boolean {
  if (process.env.CI || !process.stdout.isTTY) return false;
  if (process.platform !== "linux") return true;
  return Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

const { port } = new Command("npm start --")
  .description("Builds the app if need be, serves it on this machine and opens it in a browser.")
  .option("--port <number>", "where; the next free port if it is taken", numberWithin(PORTS), 4173)
  .parse()
  .opts<{ port: number }>();

await buildAppIfStale((line) => console.log(line));
const { url } = await serveApp(port);
console.log(`\nO1-CODER Lab runs at ${url}\nPress Ctrl+C to stop it.`);
if (hasScreen()) await open(url).catch(() => {});
