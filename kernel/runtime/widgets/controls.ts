/** ipywidgets' controls, made from TypeScript. */
import { Widget, type ModelClass, type State } from "./widget.js";
import type { Model } from "./state.js";

/** CSS sizes and flex properties, in CSS's own words: `{ width: "50%", flexFlow: "row wrap" }`. */
export type Layout = Readonly<Record<string, string>>;

/** What every control takes. */
export interface ControlOptions {
  /** Text before the control. */
  readonly label?: string;
  readonly disabled?: boolean;
  readonly layout?: Layout;
  /** Shown when the pointer rests on it. */
  readonly tooltip?: string;
}

/** How a slider is made. */
export interface SliderOptions extends ControlOptions {
  /** Default 0. */
  readonly min?: number;
  /** Default 100. */
  readonly max?: number;
  /** Default 1, or a hundredth of the range where an end of it is no integer. */
  readonly step?: number;
  /** Default min. */
  readonly value?: number;
  /** Report while it is dragged, not only when it is let go. Default true. */
  readonly continuous?: boolean;
}

/** How a bar that shows a number is made. */
export interface ProgressBarOptions extends ControlOptions {
  readonly min?: number;
  /** Default 100. */
  readonly max?: number;
  readonly value?: number;
  readonly style?: "" | "success" | "info" | "warning" | "danger";
}

/** How a button is made. */
export interface ButtonOptions extends ControlOptions {
  readonly style?: "" | "primary" | "success" | "info" | "warning" | "danger";
  /** A Font Awesome 4 name: "play". */
  readonly icon?: string;
  readonly onClick?: () => unknown;
}

/** A widget with one value. */
export class ValueWidget<T> extends Widget<State & { value: T }> {
  get value(): T {
    return this.get("value");
  }

  set value(value: T) {
    this.set({ value } as Partial<State & { value: T }>);
  }

  /** Calls `handler` with every new value, whoever set it. Returns the undoing. */
  onValue(handler: (value: T) => unknown): () => void {
    return this.onChange("value", handler);
  }
}

/** A button. */
export class ButtonWidget extends Widget {
  /** Calls `handler` on every click. Returns the undoing. */
  onClick(handler: () => unknown): () => void {
    return this.onMessage((content) =>
      (content as { readonly event?: unknown } | null)?.event === "click" ? handler() : undefined,
    );
  }
}

/**
 * A slider for integers, or for all numbers where one of its own is none.
 * @throws RangeError where min ≤ value ≤ max does not hold, or step is not above 0
 */
export function slider(options: SliderOptions = {}): ValueWidget<number> {
  const { min = 0, max = 100 } = options;
  const { value = min } = options;
  const whole = [min, max, value, options.step ?? 1].every((number) => Number.isInteger(number));
  const step = options.step ?? (whole ? 1 : (max - min) / 100);
  if (!(min <= value && value <= max))
    throw new RangeError(`widgets.slider: needs min <= value <= max, got min=${min}, value=${value}, max=${max}`);
  if (!(step > 0)) throw new RangeError(`widgets.slider: step must be above 0, got ${step}`);
  const decimals = Math.min(6, Math.max(2, Math.ceil(-Math.log10(step))));
  return new ValueWidget(control(whole ? "IntSlider" : "FloatSlider"), {
    ...common(options, "SliderStyleModel"),
    min,
    max,
    step,
    value,
    continuous_update: options.continuous ?? true,
    ...(whole ? {} : { readout_format: `.${decimals}f` }),
  });
}

/**
 * A bar to be filled by setting its value.
 * @throws RangeError where min < max does not hold
 */
export function progress(options: ProgressBarOptions = {}): ValueWidget<number> {
  const { min = 0, max = 100 } = options;
  const { value = min } = options;
  if (!(min < max)) throw new RangeError(`widgets.progress: needs min < max, got min=${min}, max=${max}`);
  return new ValueWidget(
    { ...control("FloatProgress"), view: "ProgressView" },
    { ...common(options, "ProgressStyleModel"), min, max, value, bar_style: options.style ?? "" },
  );
}

/** A button to click. */
export function button(options: ButtonOptions = {}): ButtonWidget {
  const widget = new ButtonWidget(control("Button"), {
    ...common(options, "ButtonStyleModel"),
    button_style: options.style ?? "",
    icon: options.icon ?? "",
  });
  if (options.onClick) widget.onClick(options.onClick);
  return widget;
}

/** A box that is checked or not. Its value is a boolean. */
export function checkbox(options: ControlOptions & { readonly value?: boolean } = {}): ValueWidget<boolean> {
  return new ValueWidget(control("Checkbox"), {
    ...common(options, "CheckboxStyleModel"),
    value: options.value ?? false,
  });
}

/** A line of text to write in. */
export function text(
  options: ControlOptions & { readonly value?: string; readonly placeholder?: string } = {},
): ValueWidget<string> {
  return new ValueWidget(control("Text"), {
    ...common(options, "TextStyleModel"),
    value: options.value ?? "",
    placeholder: options.placeholder ?? "",
  });
}

/** Markup that can be changed. */
export function htmlBox(value = "", options: ControlOptions = {}): ValueWidget<string> {
  return new ValueWidget(control("HTML"), { ...common(options, "HTMLStyleModel"), value });
}

/** Widgets beside each other. */
export function row(...children: readonly Model[]): Widget {
  return new Widget(control("HBox"), { layout: layoutModel(), children });
}

/** Widgets below each other. */
export function column(...children: readonly Model[]): Widget {
  return new Widget(control("VBox"), { layout: layoutModel(), children });
}

function common(options: ControlOptions, style: string): State {
  return {
    description: options.label ?? "",
    disabled: options.disabled ?? false,
    tooltip: options.tooltip ?? null,
    layout: layoutModel(options.layout),
    style: new Widget({ ...control(style, ""), view: "StyleView", viewModule: "@jupyter-widgets/base" }, {}),
  };
}

/** A control's layout as the front end takes it. */
export function layoutModel(layout: Layout = {}): Widget {
  const state: State = {};
  for (const [name, value] of Object.entries(layout))
    state[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = value;
  return new Widget(
    { module: "@jupyter-widgets/base", version: "2.0.0", model: "LayoutModel", view: "LayoutView" },
    state,
  );
}

function control(name: string, suffix = "Model"): ModelClass {
  return { module: "@jupyter-widgets/controls", version: "2.0.0", model: `${name}${suffix}`, view: `${name}View` };
}
