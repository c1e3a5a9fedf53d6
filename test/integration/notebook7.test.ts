/** Notebook 7 starts, opens a notebook with our kernel and runs it. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { KERNEL, temporaryFolder, venv, writeNotebook } from "./tools.js";

const folder = temporaryFolder();

it("Notebook 7 serves a notebook's page and runs its kernel", async () => {
  writeNotebook(join(folder, "book.ipynb"), ["1 + 1"]);
  const server = spawn(
    join(venv, "bin/jupyter-notebook"),
    ["--no-browser", "--port=0", "--IdentityProvider.token=examined", "--allow-root"],
    {
      cwd: folder,
      env: { ...process.env, JUPYTER_RUNTIME_DIR: folder, JUPYTER_CONFIG_DIR: folder, JUPYTER_PATH: "" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  try {
    let log = "";
    const url = await new Promise<string>((resolve, reject) => {
      const read = (chunk: unknown): void => {
        log += String(chunk);
        const [, found] = /(http:\/\/(?:localhost|127\.0\.0\.1):\d+)\//.exec(log) ?? [];
        if (found) resolve(found);
      };
      server.stdout.on("data", read);
      server.stderr.on("data", read);
      server.once("exit", () => reject(new Error(`Notebook 7 did not start:\n${log}`)));
    });
    const ask = async (path: string, init?: RequestInit): Promise<Response> => {
      for (let tries = 0; ; tries++) {
        const response = await fetch(`${url}${path}`, {
          ...init,
          headers: { Authorization: "token examined", "Content-Type": "application/json" },
        }).catch((error: Error) => error);
        if (response instanceof Response) return response;
        if (tries > 1_200) throw response;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    };
    const page = await ask("/notebooks/book.ipynb");
    expect(page.status).toBe(200);
    expect(await page.text()).toMatch(/Jupyter Notebook/);
    const made = (await (
      await ask("/api/kernels", { method: "POST", body: JSON.stringify({ name: KERNEL }) })
    ).json()) as { id: string; name: string };
    expect(made.name).toBe(KERNEL);
    await expect
      .poll(
        async () =>
          ((await (await ask(`/api/kernels/${made.id}`)).json()) as { execution_state: string }).execution_state,
      )
      .toMatch(/idle|starting/);
    expect((await ask(`/api/kernels/${made.id}/interrupt`, { method: "POST" })).status).toBe(204);
    expect((await ask(`/api/kernels/${made.id}/restart`, { method: "POST" })).status).toBe(200);
    expect((await ask(`/api/kernels/${made.id}`, { method: "DELETE" })).status).toBe(204);
  } finally {
    server.kill("SIGTERM");
    await new Promise((resolve) => (server.exitCode === null ? server.once("exit", resolve) : resolve(undefined)));
  }
});
