import * as tf from "@tensorflow/tfjs";
import { AttributeType, type OpAttribute } from "../attributes.js";
import { DType } from "../tensorflow-dtypes.js";
import {
  aboveZero,
  aRate,
  aFlag,
  anObject,
  aNumber,
  aTensor,
  checkArguments,
  checkValue,
  either,
  listOf,
  optional,
  withFields,
  type Rules,
} from "../../checks.js";
import { activeTracer, type Tracer } from "./tracer.js";

/** What one variable's update by {@link applyAdam} needs. */
export interface AdamUpdate {
  /** Changed by the step, float32. */
  readonly variable: tf.Variable;
  /** Running mean of the gradients, of the variable's shape; starts at 0. */
  readonly firstMoment: tf.Variable;
  /** Running mean of their squares, of the variable's shape; starts at 0. */
  readonly secondMoment: tf.Variable;
  /** The loss' derivative in the variable, of its shape, float32. */
  readonly gradient: tf.Tensor;
}

/** The hyperparameters of {@link applyAdam}, the same for all variables of a call. */
export interface AdamSettings {
  /** Step size, a number or a float32 scalar. */
  readonly learningRate: number | tf.Scalar;
  /** Decay of the first moment, 0 to below 1: a number or a float32 scalar. */
  readonly beta1: number | tf.Scalar;
  /** Decay of the second moment, 0 to below 1. */
  readonly beta2: number;
  /** Added to the root of the corrected second moment, > 0. */
  readonly epsilon: number;
  /** Decoupled weight decay (AdamW): the variable loses learningRate · weightDecay of itself first. Default 0. */
  readonly weightDecay?: number;
  /** The number of this step, 1 for the first: a float32 scalar, so that a compiled step can count. */
  readonly step: tf.Scalar;
}

const tensors = (...names: readonly string[]): Rules => Object.fromEntries(names.map((name) => [name, aTensor]));
const ADAM_UPDATE = withFields("an update", tensors("variable", "firstMoment", "secondMoment", "gradient"));
const MOMENTUM_UPDATE = withFields("an update", tensors("variable", "momentum", "gradient"));
const ADAM_SETTINGS: Rules = {
  learningRate: either(aNumber, aTensor),
  beta1: either(aRate, aTensor),
  beta2: aRate,
  epsilon: aboveZero,
  weightDecay: optional(aNumber),
  step: aTensor,
};

const inPlace = new WeakSet<tf.Variable>();

/**
 * Lets compiled functions change these variables in place: their values move to TensorFlow's resource variables.
 * To the rest of a program they stay what they are. For the variables of an optimizer, before its first step.
 *
 * @throws TypeError for what is no list of variables
 */
export function keepInPlace(variables: readonly tf.Variable[]): void {
  checkValue("keepInPlace", "variables", variables, listOf(aTensor));
  for (const variable of variables) inPlace.add(variable);
}

/** Whether {@link keepInPlace} was called for a variable. */
export function isInPlace(variable: tf.Variable | undefined): boolean {
  return variable !== undefined && inPlace.has(variable);
}

/**
 * One step of Adam or AdamW on float32 variables: m ← β1·m + (1 − β1)·g, v ← β2·v + (1 − β2)·g²,
 * p ← p − learningRate · (m / (1 − β1ᵗ)) / (√(v / (1 − β2ᵗ)) + epsilon).
 *
 * Inside a compiled function this is TensorFlow's fused op, which changes the variables in place; it runs when all that
 * the function computes has been computed (by control dependencies), so the variables hold their old values until the
 * call is over.
 * Source: Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2; as PyTorch computes them.
 *
 * @throws TypeError when a gradient's or a moment's shape is not its variable's
 */
export function applyAdam(updates: readonly AdamUpdate[], settings: AdamSettings): void {
  checkArguments("applyAdam", { updates, settings }, { updates: listOf(ADAM_UPDATE), settings: anObject });
  checkArguments("applyAdam", settings, ADAM_SETTINGS);
  for (const update of updates) checkAdam(update);
  const { learningRate, beta1, beta2, epsilon, weightDecay = 0, step } = settings;
  tf.tidy(() => {
    const tracer = activeTracer();
    // 1 − βᵗ by expm1: float32 leaves little of 1 − 0.999. The fused op has β in float32, so its moments are those of
    // that β.
    const logOf = (beta: number | tf.Scalar) =>
      typeof beta === "number" ? Math.log(tracer ? Math.fround(beta) : beta) : tf.log(beta);
    const left = (beta: number | tf.Scalar) => tf.neg(tf.expm1(tf.mul(step, logOf(beta))));
    const correction = tf.sqrt(left(beta2));
    // With c = √(1 − β2ᵗ), m̂ / (√v̂ + ε) = c / (1 − β1ᵗ) · m / (√v + c·ε): the corrections become two scalars.
    const stepSize = tf.mul(tf.div(correction, left(beta1)), learningRate);
    const scaledEpsilon = tf.mul(correction, epsilon);
    const decay = weightDecay === 0 ? undefined : tf.mul(learningRate, weightDecay);
    for (const update of updates) {
      if (tracer) fusedAdam(tracer, update, { stepSize, scaledEpsilon, decay, beta1, beta2 });
      else composedAdam(update, { stepSize, scaledEpsilon, decay, beta1, beta2 });
    }
  });
}

interface Scalars {
  readonly stepSize: tf.Tensor;
  readonly scaledEpsilon: tf.Tensor;
  readonly decay: tf.Tensor | undefined;
  readonly beta1: number | tf.Scalar;
  readonly beta2: number;
}

const TYPE: OpAttribute = { name: "T", type: AttributeType.TYPE, value: DType.FLOAT };
const DTYPE: OpAttribute = { ...TYPE, name: "dtype" };

function fusedAdam(
  tracer: Tracer,
  { variable, firstMoment, secondMoment, gradient }: AdamUpdate,
  scalars: Scalars,
): void {
  const { stepSize, scaledEpsilon, decay, beta1, beta2 } = scalars;
  if (decay) tracer.update("AssignSubVariableOp", [DTYPE], [variable], [tf.mul(variable, decay)]);
  const zero = tf.scalar(0); // the powers of β: the corrections are in the step size already
  const inputs = [zero, zero, stepSize, scalarOf(beta1), tf.scalar(beta2), scaledEpsilon, gradient];
  tracer.update("ResourceApplyAdam", [TYPE], [variable, firstMoment, secondMoment], inputs);
}

function composedAdam({ variable, firstMoment, secondMoment, gradient }: AdamUpdate, scalars: Scalars): void {
  const { stepSize, scaledEpsilon, decay, beta1, beta2 } = scalars;
  firstMoment.assign(tf.add(tf.mul(firstMoment, beta1), tf.mul(gradient, tf.sub(1, beta1))));
  secondMoment.assign(tf.add(tf.mul(secondMoment, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
  const decayed = decay ? tf.sub(variable, tf.mul(variable, decay)) : variable;
  variable.assign(tf.sub(decayed, tf.div(tf.mul(firstMoment, stepSize), tf.add(tf.sqrt(secondMoment), scaledEpsilon))));
}

/** What one variable's update by {@link applyMomentum} needs. */
export interface MomentumUpdate {
  /** Changed by the step, float32. */
  readonly variable: tf.Variable;
  /** Decayed sum of the gradients, of the variable's shape; starts at 0. */
  readonly momentum: tf.Variable;
  /** The loss' derivative in the variable, of its shape, float32. */
  readonly gradient: tf.Tensor;
}

/**
 * One step of SGD with momentum on float32 variables: b ← decay·b + g, p ← p − learningRate·b, with nesterov
 * p ← p − learningRate·(g + decay·b). Fused and in place as {@link applyAdam} is.
 * Source: Sutskever et al. 2013 as PyTorch's `optim.SGD` computes it.
 *
 * @param settings.learningRate a number or a float32 scalar
 * @param settings.decay of the momentum, 0 to below 1: a number or a float32 scalar
 * @param settings.nesterov look one step ahead; default false
 * @throws TypeError when a gradient's or a momentum's shape is not its variable's
 */
export function applyMomentum(
  updates: readonly MomentumUpdate[],
  settings: {
    readonly learningRate: number | tf.Scalar;
    readonly decay: number | tf.Scalar;
    readonly nesterov?: boolean;
  },
): void {
  checkArguments("applyMomentum", { updates, settings }, { updates: listOf(MOMENTUM_UPDATE), settings: anObject });
  checkArguments("applyMomentum", settings, {
    learningRate: either(aNumber, aTensor),
    decay: either(aRate, aTensor),
    nesterov: optional(aFlag),
  });
  const { learningRate, decay, nesterov = false } = settings;
  for (const { variable, momentum, gradient } of updates)
    checkShapes("applyMomentum", variable, { momentum, gradient });
  tf.tidy(() => {
    const tracer = activeTracer();
    const rate = scalarOf(learningRate);
    for (const { variable, momentum, gradient } of updates) {
      if (tracer) {
        tracer.update(
          "ResourceApplyMomentum",
          [TYPE, { name: "use_nesterov", type: AttributeType.BOOL, value: nesterov }],
          [variable, momentum],
          [rate, gradient, scalarOf(decay)],
        );
      } else {
        momentum.assign(tf.add(tf.mul(momentum, decay), gradient));
        const step = nesterov ? tf.add(gradient, tf.mul(momentum, decay)) : momentum;
        variable.assign(tf.sub(variable, tf.mul(step, rate)));
      }
    }
  });
}

/**
 * p ← p − change, in place in a compiled function, when all that it computes has been computed. With mixedPrecision
 * TensorFlow rounds to bfloat16 what follows a product, the result of an `assign` too; here at most the change.
 */
export function subtractInPlace(variable: tf.Variable, change: tf.Tensor): void {
  const tracer = activeTracer();
  if (tracer) tracer.update("AssignSubVariableOp", [DTYPE], [variable], [change]);
  else variable.assign(tf.sub(variable, change));
}

function scalarOf(value: number | tf.Scalar): tf.Scalar {
  return typeof value === "number" ? tf.scalar(value) : value;
}

function checkAdam({ variable, firstMoment, secondMoment, gradient }: AdamUpdate): void {
  checkShapes("applyAdam", variable, { firstMoment, secondMoment, gradient });
}

function checkShapes(what: string, variable: tf.Variable, others: Record<string, tf.Tensor>): void {
  for (const [name, { shape, dtype }] of Object.entries({ variable, ...others })) {
    if (dtype !== "float32") throw new TypeError(`${what}: ${name} must be float32, got ${dtype}`);
    if (shape.join() !== variable.shape.join()) {
      throw new TypeError(
        `${what}: ${name} must have the variable's shape [${variable.shape.join(", ")}], got [${shape.join(", ")}]`,
      );
    }
  }
}
