/** The networks of the bench, and how large a step of each is. */
import { registry, type ModelConfig, type ModelName } from "../../../models/index.js";

export interface NetworkCase {
  /** As `--only` and the report name it. */
  readonly name: string;
  readonly model: ModelName;
  readonly overrides: object;
  /** Which of the peer program's networks it is: the builder's name. */
  readonly network: string;
  readonly batch: number;
  /** With --full. */
  readonly fullBatch: number;
  /** Steps that a contender takes in each of its turns. */
  readonly stepsPerTurn: number;
}

const NO_DROPOUT = { attnDropRate: 0, dropPathRate: 0 }; // neither contender drops anything

export const NETWORK_CASES: readonly NetworkCase[] = [
  { name: "mynet", model: "mynet", overrides: {}, network: "plain_cnn", batch: 100, fullBatch: 100, stepsPerTurn: 3 },
  { name: "fashion_cnn", model: "fashion_cnn", overrides: {}, network: "plain_cnn", batch: 256, fullBatch: 256, stepsPerTurn: 3 },
  { name: "cnn_self_attention", model: "cnn_self_attention", overrides: {}, network: "cnn_self_attention", batch: 16, fullBatch: 100, stepsPerTurn: 1 },
  { name: "resnet34_64", model: "resnet34", overrides: { inputShape: [64, 64, 3] }, network: "resnet", batch: 32, fullBatch: 100, stepsPerTurn: 1 },
  { name: "vit_small", model: "transformer", overrides: { patchForm: "patches" }, network: "vit", batch: 100, fullBatch: 100, stepsPerTurn: 2 },
  { name: "cct_2_3x2", model: "cct_2_3x2_32", overrides: NO_DROPOUT, network: "compact_transformer", batch: 100, fullBatch: 128, stepsPerTurn: 2 },
  { name: "cct_6_3x1", model: "cct_6_3x1_32", overrides: NO_DROPOUT, network: "compact_transformer", batch: 16, fullBatch: 128, stepsPerTurn: 1 },
];

/** The whole config of a case's model. */
export function configOf({ model, overrides }: NetworkCase): ModelConfig {
  return { ...registry[model].config, ...overrides };
}
