/** What the kernel shows, seen by a client. */
import { describe, expect, it } from "vitest";
import { examined, runs, useKernel } from "../client.js";

const kernel = useKernel();

describe.runIf(examined === "saccade")("values in a kernel", () => {
  it("the last expression is a result with text, and HTML where there is one", async () => {
    expect((await runs(kernel(), "new Map([[1, 2]])")).data).toEqual({ "text/plain": "Map(1) { 1 => 2 }" });
    expect((await runs(kernel(), '[{ a: 1 }, { a: "<" }]')).data).toMatchObject({
      "text/html": expect.stringContaining("&lt;") as unknown,
    });
    expect((await runs(kernel(), "undefined")).data).toEqual({});
    expect((await runs(kernel(), "Promise.resolve(1)")).result).toBe("Promise { 1 }");
  });

  it("a value's own asynchronous account of itself arrives before idle", async () => {
    const { data } = await runs(
      kernel(),
      `({ [Symbol.for("Jupyter.display")]: async () => { await new Promise<void>((done) => { ` +
        `setTimeout(done, 20); }); return { "text/html": "<b>late</b>" }; } })`,
    );
    expect(data["text/html"]).toBe("<b>late</b>");
    const { outputs } = await runs(
      kernel(),
      `display({ [Symbol.for("Jupyter.display")]: async () => ({ "text/html": "<i>shown</i>" }) });`,
    );
    expect(outputs[0]?.content["data"]["text/html"]).toBe("<i>shown</i>");
  });

  it("display, its handle, tags and clearOutput reach the front end in order", async () => {
    const { outputs } = await runs(
      kernel(),
      "const shown = display(html`<b>${'<'}</b>`, { id: 'here' }); shown.update(md`*x*`); " +
        "updateDisplay('here', svg`<svg/>`); clearOutput({ wait: true });",
    );
    expect(
      outputs.map(({ type, content }) => [
        type,
        content["data"]?.["text/plain"] ?? content["wait"],
        content["transient"]?.display_id,
      ]),
    ).toEqual([
      ["display_data", "<b>&lt;</b>", "here"],
      ["update_display_data", "*x*", "here"],
      ["update_display_data", "<svg/>", "here"],
      ["clear_output", true, undefined],
    ]);
  });

  it("a cell that nulls built-ins leaves later results and errors readable", async () => {
    await runs(
      kernel(),
      "const kept = [JSON.stringify, Array.prototype.map] as const; JSON.stringify = null as never; " +
        "Array.prototype.map = null as never;",
    );
    expect((await runs(kernel(), "[1, { a: 2 }]")).result).toBe("[ 1, { a: 2 } ]");
    expect((await kernel().execute("throw new RangeError('readable')")).error).toMatchObject({
      ename: "RangeError",
      evalue: "readable",
    });
    await runs(kernel(), "JSON.stringify = kept[0]; Array.prototype.map = kept[1];");
  });

  it("a widget opens its comms, and its callback's output goes to the cell that made it", async () => {
    const cell = kernel().start(
      "const slid = widgets.slider({ max: 9 }); slid.onValue((value) => { console.log('now', value); }); slid",
    );
    await cell.done();
    const opened = cell.published.filter(({ type }) => type === "comm_open");
    expect(opened.map(({ content }) => content["data"].state._model_name)).toEqual([
      "LayoutModel",
      "SliderStyleModel",
      "IntSliderModel",
    ]);
    const id = opened.at(-1)?.content["comm_id"] as string;
    const moved = kernel().request("comm_msg", {
      comm_id: id,
      data: { method: "update", state: { value: 4 }, buffer_paths: [] },
    });
    expect((await moved.message("comm_msg")).content["data"]).toEqual({
      method: "echo_update",
      state: { value: 4 },
      buffer_paths: [],
    });
    await cell.printed("now 4");
    expect((await runs(kernel(), "slid.value")).result).toBe("4");
  });

  it("an error of a widget's callback is reported where the widget was made", async () => {
    const cell = kernel().start(
      "const pressed = widgets.button({ onClick: () => { throw new RangeError('in the callback'); } }); pressed",
    );
    await cell.done();
    const id = cell.published.filter(({ type }) => type === "comm_open").at(-1)?.content["comm_id"] as string;
    const click = kernel().request("comm_msg", {
      comm_id: id,
      data: { method: "custom", content: { event: "click" } },
    });
    const error = await Promise.race([click.message("error"), cell.message("error")]);
    expect(error.content).toMatchObject({ ename: "RangeError", evalue: "in the callback" });
  });
});

describe.runIf(examined === "saccade")("magics in a kernel", () => {
  it("%%time, %%bash, %%capture, %load and %lsmagic", async () => {
    expect((await runs(kernel(), "%%time\n1 + 1")).stdout).toMatch(/^CPU times: .*\nWall time: .*\n$/);
    expect((await runs(kernel(), "// %%time\n1 + 1")).result).toBe("2");
    expect((await runs(kernel(), "%%bash one\necho from $1; echo to stderr >&2")).stdout).toBe("from one\n");
    const captured = await runs(kernel(), "%%capture kept2\nconsole.log('hidden'); display(1); 2");
    expect([captured.stdout, captured.outputs]).toEqual(["", []]);
    expect((await runs(kernel(), "[kept2.stdout, kept2.outputs.length]")).result).toBe("[ 'hidden\\n', 2 ]");
    expect((await runs(kernel(), "%load package.json")).reply.content["payload"]).toMatchObject([
      { source: "set_next_input", replace: true, text: expect.stringContaining('"name": "saccade"') as unknown },
    ]);
    expect((await runs(kernel(), "%lsmagic")).stdout).toContain("%%bash [words]");
  });

  it("an unknown magic, and a failed script, are errors that say so", async () => {
    const unknown = await kernel().execute("%%tiem\n1");
    expect(unknown.error).toMatchObject({
      ename: "SyntaxError",
      evalue: expect.stringMatching(/^Unknown magic %%tiem\. Known magics: %%time, /) as unknown,
    });
    expect((await kernel().execute("%%bash\nexit 3")).error?.["evalue"]).toBe(
      "%%bash: the script must end with exit code 0, ended with exit code 3",
    );
  });

  it("an interrupt ends a script", async () => {
    const cell = kernel().start("%%bash\necho started; sleep 60");
    await cell.printed("started");
    await kernel().interrupt();
    await cell.done();
    expect((await cell.replied()).content["status"]).toBe("error");
    expect((await runs(kernel(), "%%bash\npgrep -f 'sleep [6]0' | wc -l")).stdout).toBe("0\n");
  });
});

describe.runIf(examined === "saccade")("tslab in a kernel", () => {
  it("is imported without a word of Node's", async () => {
    const { result, stderr, outputs } = await runs(
      kernel(),
      'import * as tslab from "tslab";\ntslab.display.html("<b>x</b>");\ntslab.versions.tslab',
    );
    expect([result, stderr, outputs[0]?.content["data"]]).toEqual(["'1.0.22'", "", { "text/html": "<b>x</b>" }]);
  });
});
