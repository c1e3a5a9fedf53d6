/** The widget protocol's control target: a front end that was loaded later asks for the state of all widgets. */
import { comms, type Comms } from "./comms.js";
import { openWidgets } from "./widget.js";

/** Answers on `jupyter.widget.control`; called once, when the kernel starts. */
export function answerControl(on: Comms = comms): () => void {
  return on.register("jupyter.widget.control", (comm) => {
    comm.onMessage(({ data }) => {
      if ((data as { readonly method?: unknown } | null)?.method !== "request_states") return;
      const states: Record<string, unknown> = {};
      const bufferPaths: (string | number)[][] = [];
      const buffers: (ArrayBufferView | ArrayBuffer)[] = [];
      for (const [id, widget] of openWidgets) {
        const snapshot = widget.snapshot();
        states[id] = snapshot.model;
        // In this message paths lead from the model's id through its state.
        for (const path of snapshot.bufferPaths) bufferPaths.push([id, "state", ...path]);
        buffers.push(...snapshot.buffers);
      }
      comm.send({ method: "update_states", states, buffer_paths: bufferPaths }, { buffers });
    });
  });
}
