/** Debian's Chromium, driven by playwright-core; where there is none, browser tests say why they did not run. */
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const CHROMIUM =
  process.env["SACCADE_CHROMIUM"] ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) => existsSync(file));

/** Why no page can be opened here; undefined where one can. */
export function whyNoChromium(): string | undefined {
  if (CHROMIUM === undefined || !existsSync(CHROMIUM))
    return "there is no Chromium (Debian: apt-get install chromium; SACCADE_CHROMIUM names another)";
  return undefined;
}

/** How long a page is waited for: only what hangs comes so far, on a busy machine too. */
const PATIENCE_MS = 300_000;

/** A headless browser that looks for nothing outside this machine. */
export async function launchChromium(): Promise<Browser> {
  const asRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath: CHROMIUM!,
    timeout: PATIENCE_MS,
    args: [
      ...(asRoot ? ["--no-sandbox"] : []),
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-default-apps",
      "--disable-sync",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--disable-gpu",
    ],
  });
  browser.on("context", (context) => context.setDefaultTimeout(PATIENCE_MS));
  return browser;
}
