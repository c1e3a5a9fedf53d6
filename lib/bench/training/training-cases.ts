/** The networks of the bench, how large a step of each is, and what it shall not exceed. */
import { registry, type ModelConfig, type ModelName } from "../../models/index.js";

/** A network of the registry, with what of its config is another. */
export interface NetworkSpec {
  readonly model: ModelName;
  readonly overrides: object;
  /** Which of the peers' programs' networks it is: the builder's name. */
  readonly network: string;
}

/** A network of the training bench. */
export interface NetworkCase extends NetworkSpec {
  /** As `--only` and the report name it. */
  readonly name: string;
  /** As the tables name it. */
  readonly title: string;
  readonly family: "cnn" | "transformer";
  readonly batch: number;
  /** With --full. */
  readonly fullBatch: number;
  /** Steps that a contender takes in each of its turns. */
  readonly stepsPerTurn: number;
}

const NO_DROPOUT = { attnDropRate: 0, dropPathRate: 0 }; // neither contender drops anything

export const NETWORK_CASES: readonly NetworkCase[] = [
  {
    name: "mynet",
    title: "MyNet",
    family: "cnn",
    model: "mynet",
    overrides: {},
    network: "plain_cnn",
    batch: 100,
    fullBatch: 100,
    stepsPerTurn: 3,
  },
  {
    name: "fashion_cnn",
    title: "Fashion-MNIST CNN",
    family: "cnn",
    model: "fashion_cnn",
    overrides: {},
    network: "plain_cnn",
    batch: 256,
    fullBatch: 256,
    stepsPerTurn: 3,
  },
  {
    name: "cnn_self_attention",
    title: "CNN with self-attention",
    family: "cnn",
    model: "cnn_self_attention",
    overrides: {},
    network: "cnn_self_attention",
    batch: 16,
    fullBatch: 100,
    stepsPerTurn: 1,
  },
  {
    name: "resnet34_64",
    title: "ResNet34, 64 px",
    family: "cnn",
    model: "resnet34_bias",
    overrides: { inputShape: [64, 64, 3] },
    network: "resnet",
    batch: 32,
    fullBatch: 100,
    stepsPerTurn: 1,
  },
  {
    name: "vit_small",
    title: "small ViT",
    family: "transformer",
    model: "small_vit",
    overrides: {},
    network: "vit",
    batch: 100,
    fullBatch: 100,
    stepsPerTurn: 2,
  },
  {
    name: "cct_2_3x2",
    title: "CCT-2/3x2",
    family: "transformer",
    model: "cct_2_3x2_32",
    overrides: NO_DROPOUT,
    network: "compact_transformer",
    batch: 100,
    fullBatch: 128,
    stepsPerTurn: 2,
  },
  {
    name: "cct_6_3x1",
    title: "CCT-6/3x1",
    family: "transformer",
    model: "cct_6_3x1_32",
    overrides: NO_DROPOUT,
    network: "compact_transformer",
    batch: 16,
    fullBatch: 128,
    stepsPerTurn: 1,
  },
];

/** What a training step's time may be at most, over PyTorch's as the sources write it; by medians. */
export const GOALS: Readonly<Record<NetworkCase["family"], number>> = { cnn: 0.67, transformer: 0.8 };
/** The same over PyTorch at its best, and peak memory over PyTorch's. */
export const GOAL_AT_BEST = 1;
export const GOAL_MEMORY = 1;
/** What inference's time may be at most over the best peer's: at the study's batch, and of one image. */
export const GOAL_INFERENCE = 0.9;
export const GOAL_OF_ONE = 1;

/** The whole config of a network. */
export function configOf({ model, overrides }: NetworkSpec): ModelConfig {
  return { ...registry[model].config, ...overrides };
}

/** @throws RangeError for a name that is no case's */
export function networkCase(name: string): NetworkCase {
  const found = NETWORK_CASES.find((network) => network.name === name);
  if (!found)
    throw new RangeError(
      `networkCase: name must be one of ${NETWORK_CASES.map((network) => network.name).join(", ")}, got ${name}`,
    );
  return found;
}
