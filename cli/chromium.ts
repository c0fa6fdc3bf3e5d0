import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

/**
 * Where a Chrome or Chromium lies on this machine: `CHROME_PATH`, then the usual places, then Playwright's own download.
 * Returns null when there is none.
 */
export function findChromium(): string | null {
  const fromEnv = process.env.CHROME_PATH;
  if (fromEnv) {
    if (existsSync(fromEnv)) return fromEnv;
    throw new Error(
      `CHROME_PATH points at ${fromEnv}, where there is no file. Set it to a Chrome or Chromium, or unset it.`,
    );
  }
  return [...usualPlaces(), chromium.executablePath()].find((path) => existsSync(path)) ?? null;
}

function usualPlaces(): string[] {
  if (process.platform === "darwin") return macPlaces();
  if (process.platform === "win32") return windowsPlaces();
  const names = ["google-chrome-stable", "google-chrome", "chromium", "chromium-browser"];
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

function macPlaces(): string[] {
  const apps = ["Google Chrome", "Chromium"];
  return ["/Applications", join(homedir(), "Applications")].flatMap((folder) =>
    apps.map((app) => join(folder, `${app}.app/Contents/MacOS/${app}`)),
  );
}

function windowsPlaces(): string[] {
  const roots = ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].map((name) => process.env[name]);
  return roots.flatMap((root) => (root ? [join(root, "Google/Chrome/Application/chrome.exe")] : []));
}

/**
 * {@link findChromium}, installing one first where there is none: Playwright's download, else Debian's package (as root).
 * @param log gets one line per attempt.
 */
export function ensureChromium(log: (line: string) => void): string {
  const found = findChromium();
  if (found) return found;
  log("No Chrome or Chromium found: downloading Playwright's (set CHROME_PATH to use another).");
  install("npx", ["playwright", "install", "chromium"]);
  const downloaded = findChromium();
  if (downloaded) return downloaded;
  if (isRoot() && existsSync("/etc/debian_version")) {
    log("That download was refused: installing Debian's chromium package.");
    install("apt-get", ["update"]);
    install("apt-get", ["install", "-y", "--no-install-recommends", "chromium"]);
  }
  const installed = findChromium();
  if (installed) return installed;
  throw new Error("No Chrome or Chromium could be installed. Install one, or set CHROME_PATH to its executable.");
}

function install(command: string, args: string[]): void {
  // Installers write to stderr, so that stdout stays free for a command's own result.
  spawnSync(command, args, { stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** How tests, the command line and the benchmarks start a browser. Chromium's own sandbox is off only for root, who cannot have it. */
export function chromiumLaunchOptions(executablePath: string | null) {
  return {
    ...(executablePath ? { executablePath } : {}),
    headless: true,
    chromiumSandbox: !isRoot(),
    args: [
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--enable-unsafe-webgpu",
      "--use-webgpu-adapter=swiftshader",
      "--enable-unsafe-swiftshader",
    ],
  };
}
