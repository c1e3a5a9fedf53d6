/**
 * A figure's still picture, from the description that plotly.js draws it from. It draws only what the library's own
 * kinds write. plotly.js itself needs a browser: jsdom lays out nothing, and left out every label at a tick.
 */
import { EDGE, FONT_SIZE, HEIGHT, INK, SOURCE_SIZE, TITLE_SIZE, WIDTH } from "../style.js";
import { linesOf, textHeight } from "../text-width.js";
import type { Plot } from "./axes.js";
import { colorBarOf, drawColorBar, colorBarWidth } from "./color-bar.js";
import type { PlotlyFigure, Layout, Trace } from "./plotly-figure.js";
import { element, text } from "./element.js";
import { drawLegend, legendWidth } from "./legend.js";
import { panelAxes, panelOf, panelRoom, panelsOf } from "./panels.js";
import { scaleOf } from "./scale.js";
import { svgDocument } from "./svg-document.js";
import { drawTrace, drawTraceTexts } from "./traces.js";

/** One SVG document, sized in pixels, without scripts, style sheets or anything fetched. */
export function toSvg(figure: { readonly data: readonly unknown[]; readonly layout: unknown }): string {
  const { data, layout } = figure as PlotlyFigure;
  const width = layout.width ?? WIDTH;
  const height = layout.height ?? HEIGHT;
  const bar = colorBarOf(data);
  const named = data.filter((trace) => !("showlegend" in trace) || trace.showlegend !== false);
  const right = Math.max(bar ? colorBarWidth(bar) : 0, layout.showlegend ? legendWidth(named) : 0);
  const plot = layOut(layout, width, height, right, hasAxes(data));
  const panels = panelsOf(layout, plot);
  const ink = layout.font?.color ?? INK;
  const paper = layout.paper_bgcolor ?? "rgba(0,0,0,0)";
  const shapes = [
    paper.startsWith("#") ? element("rect", { width, height, fill: paper }) : "",
    titles(layout),
    hasAxes(data) ? panelAxes(layout, panels, ink) : "",
    ...data.map((trace) => drawTrace(trace, data, layout, panelOf(trace, panels))),
    ...data.map((trace) => drawTraceTexts(trace, data, layout, panelOf(trace, panels))),
    bar ? drawColorBar(bar, plot, ink) : "",
    layout.showlegend ? drawLegend(named, plot, ink) : "",
  ].join("");
  return svgDocument(
    {
      width,
      height,
      title: linesOf(layout.title?.text ?? "").join(" "),
      description: layout.meta?.description ?? "",
      family: layout.font?.family,
    },
    shapes,
  );
}

/** Whether an x and a y axis are drawn; parallel coordinates bring their own. */
function hasAxes(data: readonly Trace[]): boolean {
  return data.every(({ type }) => type !== "parcoords");
}

function titles({ title }: Layout): string {
  if (!title?.text) return "";
  const size = title.font?.size ?? TITLE_SIZE;
  const heading = text(EDGE, EDGE, title.text, { size, fill: INK });
  const { subtitle } = title;
  if (!subtitle?.text) return heading;
  return (
    heading +
    text(EDGE, EDGE + textHeight(title.text, size) + 4, subtitle.text, {
      size: subtitle.font?.size ?? SOURCE_SIZE,
      fill: subtitle.font?.color ?? INK,
    })
  );
}

/**
 * Margins grow to what axes, legend and color bar need, as plotly's automargin lets them; twice, since ticks depend on
 * the room that is left.
 */
function layOut(layout: Layout, width: number, height: number, right: number, axed: boolean): Plot {
  const asked = { t: 56, r: 24, b: 56, l: 56, ...layout.margin };
  const [xaxis, yaxis] = [layout.xaxis ?? {}, layout.yaxis ?? {}];
  let margin = { ...asked, r: axed ? Math.max(asked.r, right) : asked.r + right };
  const make = (): Plot => {
    const [left, to, top, bottom] = [margin.l, width - margin.r, margin.t, height - margin.b];
    return {
      left,
      right: to,
      top,
      bottom,
      x: scaleOf(xaxis, [left, to], FONT_SIZE * 7),
      y: scaleOf(yaxis, [bottom, top], FONT_SIZE * 4),
    };
  };
  for (let round = 0; axed && round < 2; round++) {
    const room = panelRoom(layout, make());
    margin = {
      t: Math.max(margin.t, room.t),
      r: Math.max(margin.r, room.r),
      b: Math.max(margin.b, room.b),
      l: Math.max(margin.l, room.l),
    };
  }
  return make();
}
