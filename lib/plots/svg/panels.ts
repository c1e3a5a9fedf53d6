/** Panels: plots one above the other over one horizontal axis. */
import { FONT_SIZE } from "../style.js";
import { axes, axisRoom, type Plot } from "./axes.js";
import type { Layout, Margin, PlotlyAxis, Trace } from "./plotly-figure.js";
import { scaleOf } from "./scale.js";

interface Panel {
  readonly axis: PlotlyAxis;
  readonly plot: Plot;
}

type Panels = readonly [Panel, ...Panel[]];

const UP = FONT_SIZE * 4;

/** The plot alone, or its parts from above, each with a vertical axis of its own. */
export function panelsOf(layout: Layout, whole: Plot): Panels {
  const { yaxis = {}, yaxis2 } = layout;
  if (yaxis2 === undefined) return [{ axis: yaxis, plot: whole }];
  const part = (axis: PlotlyAxis): Panel => {
    const [low, high] = axis.domain ?? [0, 1];
    const at = (share: number): number => whole.bottom - share * (whole.bottom - whole.top);
    const [bottom, top] = [at(low), at(high)];
    return { axis, plot: { ...whole, bottom, top, y: scaleOf(axis, [bottom, top], UP) } };
  };
  return [part(yaxis), part(yaxis2)];
}

/** What the labels of all panels need beside them. */
export function panelRoom(layout: Layout, whole: Plot): Margin {
  const rooms = panelsOf(layout, whole).map(({ axis, plot }) => axisRoom({ ...layout, yaxis: axis }, plot));
  const most = (side: keyof Margin): number => Math.max(...rooms.map((room) => room[side]));
  return { t: most("t"), r: most("r"), b: most("b"), l: most("l") };
}

/** The axes of all panels, the horizontal one under the lowest. */
export function panelAxes(layout: Layout, panels: Panels, ink: string): string {
  return panels
    .map(({ axis, plot }, i) => axes({ ...layout, yaxis: axis }, plot, ink, i === panels.length - 1))
    .join("");
}

/** The panel in which a trace is drawn. */
export function panelOf(trace: Trace, panels: Panels): Plot {
  return (panels["yaxis" in trace && trace.yaxis === "y2" ? 1 : 0] ?? panels[0]).plot;
}
