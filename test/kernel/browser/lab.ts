/** A real JupyterLab with our kernel, in Debian's Chromium. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Browser, Locator, Page, WebSocket } from "playwright-core";
import { freePorts } from "../../../lib/client/process.js";
import { launchChromium, whyNoChromium } from "../../browser.js";
import { kernelSpec, projectRoot, pythonPath } from "../client.js";

const TOKEN = "examined";

/** Why browser tests cannot run here; undefined where they can. */
export function whyNoBrowser(python = pythonPath()): string | undefined {
  const noChromium = whyNoChromium();
  if (noChromium !== undefined) return noChromium;
  if (!existsSync(python)) return `there is no JupyterLab (${python}): npm run setup`;
  return undefined;
}

export class Lab {
  private readonly waiting: { readonly type: string; readonly resolve: () => void }[] = [];

  private constructor(
    readonly folder: string,
    readonly url: string,
    readonly server: ChildProcess,
    readonly browser: Browser,
    readonly page: Page,
  ) {
    page.on("websocket", (socket) => this.listen(socket));
  }

  /** @param python whose jupyterlab is started */
  static async start(python = pythonPath()): Promise<Lab> {
    const folder = mkdtempSync(join(tmpdir(), "lab-"));
    const kernels = join(folder, "share/kernels/saccade");
    mkdirSync(kernels, { recursive: true });
    writeFileSync(
      join(kernels, "kernel.json"),
      JSON.stringify({
        argv: kernelSpec("saccade").argv,
        display_name: "TypeScript (Saccade)",
        language: "typescript",
        interrupt_mode: "message",
        metadata: { debugger: true },
      }),
    );
    writeSetting(folder, "notebook-extension/tracker", { windowingMode: "none" }); // every cell is in the page
    writeSetting(folder, "apputils-extension/notification", { fetchNews: "false" });
    mkdirSync(join(folder, "books"));
    const [port] = await freePorts(1);
    const asRoot = process.getuid?.() === 0;
    const server = spawn(
      python,
      [
        "-m",
        "jupyterlab",
        "--no-browser",
        `--port=${port}`,
        "--ServerApp.port_retries=0",
        `--IdentityProvider.token=${TOKEN}`,
        `--ServerApp.root_dir=${join(folder, "books")}`,
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ...(asRoot ? ["--allow-root"] : []),
      ],
      {
        env: {
          ...process.env,
          JUPYTER_PATH: join(folder, "share"),
          JUPYTER_CONFIG_DIR: join(folder, "config"),
          JUPYTER_DATA_DIR: join(folder, "data"),
          JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
          JUPYTERLAB_SETTINGS_DIR: join(folder, "settings"),
          JUPYTERLAB_WORKSPACES_DIR: join(folder, "workspaces"),
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let log = "";
    for (const stream of [server.stdout!, server.stderr!])
      stream.on("data", (chunk) => {
        log = (log + chunk).slice(-20_000);
      });
    const url = `http://127.0.0.1:${port}`;
    for (let tries = 0; ; tries++) {
      if (
        await fetch(`${url}/api/status?token=${TOKEN}`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        break;
      if (server.exitCode !== null || tries > 1_200) throw new Error(`JupyterLab did not start:\n${log}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    const browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    return new Lab(folder, url, server, browser, page);
  }

  /**
   * Opens a notebook of these cells, of code where they are plain text, with our kernel, and waits until the kernel is
   * idle. JupyterLab shows "idle" before it has a session, and forgets a cell that is run then: the page is ready once
   * the kernel answered it.
   */
  async open(
    name: string,
    cells: readonly (string | { readonly markdown: string })[],
    ui: "doc" | "lab" = "doc",
  ): Promise<void> {
    writeFileSync(
      join(this.folder, "books", `${name}.ipynb`),
      JSON.stringify({
        nbformat: 4,
        nbformat_minor: 5,
        metadata: { kernelspec: { name: "saccade", display_name: "TypeScript (Saccade)", language: "typescript" } },
        cells: cells.map((cell, index) => ({
          id: `cell-${index}`,
          metadata: {},
          ...(typeof cell === "string"
            ? { cell_type: "code", execution_count: null, outputs: [], source: cell }
            : { cell_type: "markdown", source: cell.markdown }),
        })),
      }),
    );
    const answered = this.answered();
    await this.page.goto(`${this.url}/${ui}/tree/${name}.ipynb?token=${TOKEN}&reset`);
    await answered;
    await this.page
      .locator(".jp-Notebook .jp-CodeCell")
      .nth(cells.filter((cell) => typeof cell === "string").length - 1)
      .waitFor();
    await this.idle();
  }

  /**
   * Resolves when a page that is loaded from now on has heard the kernel's history, the last that it asks before it
   * runs cells.
   */
  answered(): Promise<void> {
    return this.heard("history_reply");
  }

  /** Resolves when the page hears the kernel's next message of this type. */
  private heard(type: string): Promise<void> {
    return new Promise((resolve) => this.waiting.push({ type, resolve }));
  }

  private listen(socket: WebSocket): void {
    if (!socket.url().includes("/channels")) return;
    socket.on("framereceived", ({ payload }) => {
      const text = payload.toString();
      for (const one of this.waiting.filter(({ type }) => text.includes(`"${type}"`))) {
        this.waiting.splice(this.waiting.indexOf(one), 1);
        one.resolve();
      }
    });
  }

  cell(index: number): Locator {
    return this.page.locator(".jp-Notebook .jp-CodeCell").nth(index);
  }

  outputs(index: number): Locator {
    return this.cell(index).locator(".jp-OutputArea-output");
  }

  /** Presses a button of the notebook's toolbar: "interrupt", "restart", "restart-and-run", "run". */
  async press(item: string): Promise<void> {
    await this.page.locator(`.jp-NotebookPanel-toolbar [data-jp-item-name="${item}"]`).click();
  }

  async menu(top: string, item: string): Promise<void> {
    await this.page.locator(".lm-MenuBar-item", { hasText: new RegExp(`^${top}$`) }).click();
    await this.page
      .locator(".lm-Menu-item", { hasText: new RegExp(`^${item}`) })
      .first()
      .click();
  }

  /** Chooses how the page looks: "JupyterLab Dark". */
  async theme(name: string): Promise<void> {
    await this.menu("Settings", "Theme");
    await this.page.locator(".lm-Menu-item", { hasText: new RegExp(`^${name}$`) }).click();
    await this.page.locator(`body[data-jp-theme-name="${name}"]`).waitFor({ state: "attached" });
  }

  /** Puts the cursor at a cell's end. */
  async edit(index: number): Promise<void> {
    await this.cell(index).locator(".cm-content").click();
    await this.page.keyboard.press("Control+End");
  }

  /** Asks for a cell's run, and does not wait for it. */
  async runCell(index: number): Promise<void> {
    await this.edit(index);
    await this.page.keyboard.press("Control+Enter");
  }

  /** Runs a cell to its end. (The page still shows "idle" for a moment after the keys.) */
  async ran(index: number): Promise<void> {
    const replied = this.heard("execute_reply");
    await this.runCell(index);
    await replied;
    await this.idle();
  }

  async idle(): Promise<void> {
    await this.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
  }

  /** Keeps a picture in .saccade/screenshots, to be looked at. */
  async picture(name: string): Promise<void> {
    const folder = join(projectRoot(), ".saccade/screenshots");
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  async stop(): Promise<void> {
    await this.browser.close();
    this.server.kill("SIGTERM");
    await new Promise((resolve) =>
      this.server.exitCode === null && this.server.signalCode === null
        ? this.server.once("exit", resolve)
        : resolve(undefined),
    );
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function writeSetting(folder: string, name: string, value: object): void {
  const file = join(folder, "settings/@jupyterlab", `${name}.jupyterlab-settings`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value));
}
