import { tf } from "../backend/index.js";
import { aCount } from "../checks.js";
import { layerArgs, shapeOf, single, sizeOf, type LayerArgs } from "./support.js";

/** What {@link Patches} takes. */
export interface PatchesArgs extends LayerArgs {
  /** Side of a square patch in pixels; must divide the image's height and width. */
  readonly patchSize: number;
}

/**
 * Cuts an image into square patches, row by row: [B, H, W, C] → [B, (H / P)·(W / P), P·P·C].
 * A patch holds its pixels row by row, the channels of a pixel together, so that a linear map of it is a
 * convolution of kernel and stride P with the kernel [P, P, C, D] flattened.
 * Source: Dosovitskiy et al. 2021, §3.1.
 */
export class Patches extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "Patches";
  private readonly patchSize: number;

  constructor(args: PatchesArgs) {
    super(layerArgs("Patches", args, { patchSize: aCount }));
    this.patchSize = args.patchSize;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs);
      const [batch, height, width, channels] = x.shape as [number, number, number, number];
      const side = this.patchSize;
      // A patch row's channels stay together, which leaves one transpose of rank 5.
      const grid = tf.reshape(x, [batch, height / side, side, width / side, side * channels]);
      const patches = tf.transpose(grid, [0, 1, 3, 2, 4]); // [B, H / P, W / P, P, P·C]
      return tf.reshape(patches, [batch, -1, side * side * channels]);
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const shape = shapeOf("Patches", inputShape, "[B, H, W, C]");
    const [height, width, channels] = [1, 2, 3].map((axis) => sizeOf("Patches", shape, axis)) as [
      number,
      number,
      number,
    ];
    const side = this.patchSize;
    if (height % side !== 0 || width % side !== 0) {
      throw new RangeError(
        `Patches: patchSize must divide height and width, got patchSize=${side}, image ${height}×${width}`,
      );
    }
    return [shape[0]!, (height / side) * (width / side), side * side * channels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), patchSize: this.patchSize };
  }
}
tf.serialization.registerClass(Patches);

/** What {@link ImageRows} takes. */
export interface ImageRowsArgs extends LayerArgs {
  /** Numbers in a row; must divide C·H·W. */
  readonly rowLength: number;
}

/**
 * Reads an image channel after channel, each row by row, and cuts that stream into rows of equal length:
 * [B, H, W, C] → [B, C·H·W / rowLength, rowLength]. What `x.view(B, -1, rowLength)` does to PyTorch's [B, C, H, W].
 * With rowLength 48 on 32×32 images a row is one and a half lines of one channel, not a 4×4 patch:
 * the quirk of the source of study 3, kept to measure what it costs.
 */
export class ImageRows extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "ImageRows";
  private readonly rowLength: number;

  constructor(args: ImageRowsArgs) {
    super(layerArgs("ImageRows", args, { rowLength: aCount }));
    this.rowLength = args.rowLength;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs);
      const channelsFirst = tf.transpose(x, [0, 3, 1, 2]); // [B, C, H, W]
      return tf.reshape(channelsFirst, [x.shape[0]!, -1, this.rowLength]);
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const shape = shapeOf("ImageRows", inputShape, "[B, H, W, C]");
    const count = [1, 2, 3]
      .map((axis) => sizeOf("ImageRows", shape, axis))
      .reduce((product, size) => product * size, 1);
    if (count % this.rowLength !== 0) {
      throw new RangeError(
        `ImageRows: rowLength must divide the image's ${count} numbers, got rowLength=${this.rowLength}`,
      );
    }
    return [shape[0]!, count / this.rowLength, this.rowLength];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rowLength: this.rowLength };
  }
}
tf.serialization.registerClass(ImageRows);
