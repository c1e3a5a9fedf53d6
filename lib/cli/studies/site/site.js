/* Draws each figure with plotly.js as it comes near the window, over its still picture, which goes once it stands. */
const finger = matchMedia("(pointer: coarse)").matches;

/**
 * Breaks a text's lines where they are longer than some letters.
 * @param {string} text
 * @param {number} letters
 */
function broken(text, letters) {
  const line = new RegExp(`(.{1,${Math.floor(letters)}})(?: |$)`, "g");
  return text
    .split("<br>")
    .map((one) => one.replace(line, "$1<br>").replace(/<br>$/, ""))
    .join("<br>");
}

/**
 * A chart's layout in a narrow window: as wide as that, titles in more lines, the legend below. What has words beside
 * its marks needs the width that it was laid out for, pictures and maps too: they are moved sideways.
 * @param {any[]} data
 * @param {any} layout
 * @param {number} width of the window's column, in pixels
 */
function fitted(data, layout, width) {
  const worded = data.some(({ text, mode }) => text !== undefined || /text/.test(mode ?? ""));
  const bound = Object.entries(layout).some(
    ([name, axis]) => /^[xy]axis/.test(name) && (axis.scaleanchor || axis.showticklabels === false),
  );
  if (width >= layout.width || worded || bound || !layout.xaxis) return layout;
  const { title = {}, margin = {}, legend = {} } = layout;
  // a letter of 16 and of 11 pixels is at most about 10 and 6.5 wide
  const text = broken(title.text ?? "", (width - 30) / 10);
  const below = broken(title.subtitle?.text ?? "", (width - 30) / 6.5);
  const lines = (/** @type {string} */ one, /** @type {string} */ other) =>
    one.split("<br>").length - other.split("<br>").length;
  const added = lines(text, title.text ?? "");
  const more = 33 * added + 15 * lines(below, title.subtitle?.text ?? "");
  const pad = { ...title.pad, t: (title.pad?.t ?? 12) + 12 * added }; // plotly.js lifts a title of more lines
  return {
    ...layout,
    width,
    height: layout.height + more + (layout.showlegend ? 70 : 0),
    margin: { ...margin, t: (margin.t ?? 64) + more, r: 12 },
    title: { ...title, text, pad, ...(title.subtitle && { subtitle: { ...title.subtitle, text: below } }) },
    legend: { ...legend, orientation: "h", x: 0, y: 0, xref: "container", yref: "container", yanchor: "bottom" },
  };
}

/** @param {HTMLElement} box */
function draw(box) {
  const { Plotly } = /** @type {any} */ (window);
  const { data, layout } = JSON.parse(box.querySelector("script")?.textContent ?? "null");
  const drawn = document.createElement("div");
  drawn.setAttribute("role", "figure");
  drawn.setAttribute("aria-label", box.dataset["label"] ?? "");
  box.append(drawn);
  const own = fitted(data, layout, box.clientWidth);
  const laidOut = finger ? { ...own, dragmode: false } : own; // a finger scrolls the page
  const config = { responsive: true, displaylogo: false, displayModeBar: finger ? false : "hover" };
  Plotly.newPlot(drawn, data, laidOut, config).then(() => box.querySelector(".still")?.remove());
}

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      draw(/** @type {HTMLElement} */ (target));
    }
  },
  { rootMargin: "800px" },
);
for (const box of document.querySelectorAll(".saccade-figure")) near.observe(box);

// On a phone the contents would stand before the text.
const contents = document.querySelector("details.contents");
if (contents instanceof HTMLDetailsElement && !matchMedia("(min-width: 70rem)").matches) contents.open = false;
