/** Widgets whose view is an ES module given as text: anywidget's front-end protocol. */
import { layoutModel, type Layout } from "./controls.js";
import { Widget, type State } from "./widget.js";

/** A widget of one's own, in the form of anywidget (https://anywidget.dev). */
export interface AnyWidgetOptions<S extends State> {
  /** Source, or URL, of a module whose default export has `render({ model, el })`, and `initialize` if it likes. */
  readonly esm: string;
  /** Style sheet, or its URL. */
  readonly css?: string;
  /** What both sides share; bytes may be anywhere in it. */
  readonly state?: S;
  readonly layout?: Layout;
}

let count = 0;

/**
 * A widget drawn by `esm`; the front end needs anywidget's extension.
 * @throws TypeError where esm is no text, or state uses a name that starts with "_"
 */
export function anywidget<S extends State = State>(options: AnyWidgetOptions<S>): Widget<S> {
  const { esm, css, state } = options;
  if (typeof esm !== "string" || esm.trim() === "")
    throw new TypeError(
      `widgets.anywidget: esm must be the text of a module, got ${esm === "" ? "an empty one" : typeof esm}`,
    );
  for (const name of Object.keys(state ?? {})) {
    if (name.startsWith("_") || name === "layout")
      throw new TypeError(`widgets.anywidget: state must not name "layout" or start with "_", got ${name}`);
  }
  const own = {
    _esm: esm,
    ...(css === undefined ? {} : { _css: css }),
    _anywidget_id: `saccade.${++count}`,
    layout: layoutModel(options.layout),
  };
  // Any version that the front end has: the protocol's fields are the same in all.
  return new Widget<S>({ module: "anywidget", version: "*", model: "AnyModel", view: "AnyView" }, {
    ...own,
    ...state,
  } as unknown as S);
}
