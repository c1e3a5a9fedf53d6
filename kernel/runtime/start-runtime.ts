/** The main thread's side of the kernel: puts everything that cells touch in place, then does what the worker asks. */
import type { MessagePort } from "node:worker_threads";
import type { CellRequest, Json } from "../contract.js";
import type { Waiting } from "./cell-scope.js";
import { createScopes } from "./scope.js";
import { Channel } from "./channel.js";
import { endChildren, watchChildren } from "./watch-children.js";
import { CellSources } from "./errors/cell-sources.js";
import { describeError } from "./errors/describe-error.js";
import { mapStacks } from "./errors/map-stacks.js";
import { installExit } from "./exit.js";
import { installHost, publish } from "./notebook-symbols.js";
import { installInput, receiveInput } from "./input.js";
import { clearAfterTermination, keepTerminationAllowed } from "../both/internal-binding.js";
import { installGlobals } from "./install-globals.js";
import { installLooks } from "./install-looks.js";
import type { RingMemory } from "../both/ring.js";
import { interruption } from "../both/interrupted.js";
import { watchNativeWork } from "./native-work.js";
import { outliveErrors } from "./outlive.js";
import { Runner } from "./runner.js";
import { clockMs, Slot, type Shared } from "../both/shared.js";
import { installStreams } from "./streams.js";
import { proceed, resume, Task, whenResumed, within } from "./task.js";
import { each } from "./each.js";
import { unwinding } from "./unwinding.js";
import { installTimers, takeTerminated } from "./timers.js";
import { comms } from "./widgets/comms.js";

/** What the main thread shares with the worker, and the notebook's folder. */
export interface RuntimeOptions {
  readonly port: MessagePort;
  readonly answers: MessagePort;
  readonly shared: Shared;
  readonly ring: RingMemory;
  readonly folder: string;
}

/** Begins to listen to the worker. */
export function startRuntime({ port, answers, shared, ring, folder }: RuntimeOptions): void {
  const channel = new Channel(port, ring);
  const waiting = { resume, each: ((iterable) => each(iterable, resume)) as Waiting["each"], proceed, unwinding };
  const scopes = createScopes({ folder, waiting });
  const errors = new CellSources((fileName) => scopes.sourceOf(fileName));
  whenResumed(() => Atomics.store(shared, Slot.resumedMs, clockMs()));
  keepTerminationAllowed();
  mapStacks(errors);
  installStreams(channel);
  installTimers();
  watchChildren(channel, shared);
  installInput(channel, shared, answers, (error) => runner.fail(error));
  const ways = installExit(channel, shared);
  installHost(channel, shared, (task) => void runner.finish(task));
  installGlobals(errors);
  installLooks(scopes, errors);
  watchNativeWork();

  const runner = new Runner({ channel, errors, scopes });

  const report = (error: unknown): void => {
    const { ename, evalue, traceback } = describeError(error, errors);
    publish(channel, "error", { ename, evalue, traceback });
  };
  outliveErrors(report);

  let taken = 0;
  let terminations = 0;
  const interrupt = ({ number, cell }: Extract<CellRequest, { type: "interrupt" }>): void => {
    if (cell !== null) runner.endLost(cell);
    if (number !== taken) {
      clearAfterTermination();
      const again = runner.task?.interrupted === true;
      const terminated = takeTerminated();
      const begun = Atomics.load(shared, Slot.terminations);
      stop(runner.task, begun === terminations);
      terminations = begun;
      stop(terminated);
      if (again) stop(runner.task?.unwinding);
      for (const task of [runner.task, runner.task?.unwinding, terminated])
        if (task?.interrupted === true) endChildren(task, channel);
      if (terminated !== undefined && terminated !== runner.task) {
        const { ename, evalue, traceback } = interruption("a timer's callback was interrupted");
        within(terminated, () => publish(channel, "error", { ename, evalue, traceback }));
      }
      runner.interrupt(again);
      taken = number;
    }
    Atomics.store(shared, Slot.interruptsTaken, number);
  };

  port.on("message", (request: CellRequest) => {
    switch (request.type) {
      case "run":
      case "evaluate":
        return runner.run(request);
      case "comm":
        return handleComm(request, channel, report);
      case "input":
        return receiveInput(request.value);
      case "interrupt":
        return interrupt(request);
      case "unwind":
        return runner.unwind();
      case "shutdown":
        return ways.end();
    }
  });
}

/** @param heard nothing of the task can have been terminated: what ends by itself will, and the cell ends with that */
function stop(task: Task | undefined, heard = false): void {
  if (task === undefined || task.interrupted) return;
  const { controller, endsOnSignal } = task;
  task.interrupted = !heard || controller.signal.aborted || endsOnSignal.size === 0;
  controller.abort(new DOMException("the cell was interrupted", "AbortError"));
}

/** Handlers run as a task of their own; the front end hears when the synchronous part is over. */
function handleComm(
  message: Extract<CellRequest, { type: "comm" }>,
  channel: Channel,
  report: (error: unknown) => void,
): void {
  const task = new Task(message.parent, false);
  within(task, () => {
    const done = async (): Promise<void> => {
      try {
        await comms.receive(message);
      } catch (error) {
        report(error);
      }
      channel.post({ type: "comm_handled", parent: message.parent as Json });
    };
    void done();
  });
}
