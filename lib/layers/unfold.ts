import { tf } from "../backend/index.js";

/** The window that slides over an image. Of pairs the first is for rows, the second for columns. */
export interface UnfoldWindow {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: "same" | "valid" | number;
}

/** How many places a window has along one axis, and the zeros before the image and behind it. */
interface UnfoldedSize {
  readonly size: number;
  readonly before: number;
  readonly after: number;
}

/** Along one axis of `length` pixels; "same" pads as TensorFlow does, the odd pixel behind. */
export function unfoldedSize(length: number, axis: 0 | 1, window: UnfoldWindow): UnfoldedSize {
  const { padding } = window;
  const stride = window.strides[axis];
  const reach = (window.size[axis] - 1) * window.dilation[axis] + 1;
  if (padding === "same") {
    const size = Math.ceil(length / stride);
    const total = Math.max(0, (size - 1) * stride + reach - length);
    return { size, before: Math.floor(total / 2), after: Math.ceil(total / 2) };
  }
  const side = padding === "valid" ? 0 : padding;
  return { size: Math.floor((length + 2 * side - reach) / stride) + 1, before: side, after: side };
}

/**
 * The windows of images as rows, the pixels of a window row by row with the channels of a pixel together: [B, H, W, C]
 * → [B, H', W', height·width·C]. By slices alone, which have gradients.
 */
export function unfold(images: tf.Tensor4D, window: UnfoldWindow): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  const [rows, columns] = [unfoldedSize(height, 0, window), unfoldedSize(width, 1, window)];
  const { size, strides, dilation } = window;
  // A window's place is taken at every stride-th pixel of a slice: what the last stride lacks is zeros.
  const lengths = [rows.size * strides[0], columns.size * strides[1]] as const;
  const lack = (i: 0 | 1, length: number, { before, after }: UnfoldedSize): number =>
    after + Math.max(0, (size[i] - 1) * dilation[i] + lengths[i] - length - before - after);
  const padded = tf.pad(images, [
    [0, 0],
    [rows.before, lack(0, height, rows)],
    [columns.before, lack(1, width, columns)],
    [0, 0],
  ]);
  const parts = Array.from({ length: size[0] * size[1] }, (_, place) => {
    const [row, column] = [Math.floor(place / size[1]) * dilation[0], (place % size[1]) * dilation[1]];
    const part = tf.slice(padded, [0, row, column, 0], [batch, ...lengths, channels]);
    if (strides[0] === 1 && strides[1] === 1) return part;
    const split = tf.reshape(part, [batch, rows.size, strides[0], columns.size, strides[1] * channels]);
    const first = tf.slice(split, [0, 0, 0, 0, 0], [batch, rows.size, 1, columns.size, channels]);
    return tf.reshape(first, [batch, rows.size, columns.size, channels]) as tf.Tensor4D;
  });
  return parts.length === 1 ? parts[0]! : tf.concat(parts, 3);
}
