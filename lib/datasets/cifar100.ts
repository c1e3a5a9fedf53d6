import { checkOptions, oneOf, optional } from "../checks.js";
import { CIFAR_RULES, loadCifar, type CifarLayoutName, type CifarRow } from "./cifar.js";
import { SOURCE_ALIASES, type SourceOptions } from "./official.js";
import type { CifarMember } from "./cifar-layout.js";
import type { Dataset } from "./types.js";

/** Whence CIFAR-100 is loaded, and with which labels. */
export interface Cifar100Options extends SourceOptions {
  /** Which labels the images get: the 100 classes, or the 20 superclasses that group five each. Default "fine". */
  readonly labels?: "fine" | "coarse";
  /** Which of the two official archives is read; they hold the same. Default "binary". */
  readonly layout?: CifarLayoutName;
}

/** The 100 fine classes in the order of their labels. */
export const CIFAR100_CLASSES: readonly string[] = (
  "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle " +
  "caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin " +
  "elephant flatfish " +
  "forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man " +
  "maple_tree motorcycle " +
  "mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain " +
  "plate poppy porcupine " +
  "possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider " +
  "squirrel streetcar " +
  "sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle wardrobe whale " +
  "willow_tree wolf woman worm"
).split(" ");

/** The 20 coarse classes in the order of their labels. */
export const CIFAR100_SUPERCLASSES: readonly string[] = (
  "aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices " +
  "household_furniture " +
  "insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes " +
  "large_omnivores_and_herbivores " +
  "medium_mammals non-insect_invertebrates people reptiles small_mammals trees vehicles_1 vehicles_2"
).split(" ");

function files(file: (split: "train" | "test") => string): readonly CifarMember[] {
  return [
    { path: file("train"), split: "train", first: 0, count: 50_000 },
    { path: file("test"), split: "test", first: 0, count: 10_000 },
  ];
}

/** With fine labels. Source: https://www.cs.toronto.edu/~kriz/cifar.html, which publishes the md5. */
export const CIFAR100: CifarRow = {
  name: "cifar-100",
  title: "CIFAR-100",
  labelKind: 1,
  classNames: CIFAR100_CLASSES,
  layout: {
    fn: "cifar100",
    labels: [
      { key: "coarse_labels", classes: 20 },
      { key: "fine_labels", classes: 100 },
    ],
    members: {
      binary: files((split) => `cifar-100-binary/${split}.bin`),
      python: files((split) => `cifar-100-python/${split}`),
    },
  },
  archives: {
    binary: {
      dataset: "cifar-100",
      file: "cifar-100-binary.tar.gz",
      url: "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
      sizeBytes: 168_513_733,
      digest: { algorithm: "md5", hex: "03b5dce01913d631647c71ecec9e9cb8" },
    },
    python: {
      dataset: "cifar-100",
      file: "cifar-100-python.tar.gz",
      url: "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
      sizeBytes: 169_001_437,
      digest: { algorithm: "md5", hex: "eb9058c3a382ffc7106e4002c42a8d85" },
    },
  },
};

/**
 * CIFAR-100: 50,000 training and 10,000 test images [32, 32, 3], 500 and 100 of each of 100 classes, which form
 * 20 superclasses; from its official archive (169 MB). Needs 185 MB of memory, 340 MB with layout "python".
 * Licence: none is stated; asked for is the citation.
 * @throws UnavailableError when the archive is neither here nor to be had and there is no fallback
 * @throws DigestError or ArchiveError when what came is not the archive
 * @throws RangeError for unknown labels, source or layout
 *
 * Source: Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images".
 */
export async function cifar100(options: Cifar100Options = {}): Promise<Dataset> {
  checkOptions(
    "cifar100",
    options,
    { ...CIFAR_RULES, labels: optional(oneOf(["fine", "coarse"])) },
    [],
    SOURCE_ALIASES,
  );
  const { labels = "fine" } = options;
  return loadCifar(
    labels === "fine" ? CIFAR100 : { ...CIFAR100, labelKind: 0, classNames: CIFAR100_SUPERCLASSES },
    options,
  );
}
