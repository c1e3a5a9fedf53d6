/** What one of several processes makes of each batch. */

/** One of so many shares, which together are the whole. */
export interface Share {
  /** From 0. */
  readonly index: number;
  readonly of: number;
}

/** Where a share lies in what is shared. */
export interface Range {
  readonly first: number;
  readonly length: number;
}

/** A number of images in parts as even as can be. @param parts 1 or more */
export function partSizes(images: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, index) => rangeOf(images, { index, of: parts }).length);
}

/** A share of consecutive images; all are as even as can be. */
export function rangeOf(images: number, { index, of }: Share): Range {
  const start = (part: number): number => Math.floor((part * images) / of);
  return { first: start(index), length: start(index + 1) - start(index) };
}

/**
 * The places in a batch of `length` images that are a share's, in their order. Where images are mixed, image i with
 * image length − 1 − i, both are of one share, and have the same places from its ends.
 */
export function placesOf(length: number, share: Share, mixes: boolean): number[] {
  const { first, length: own } = rangeOf(mixes ? Math.ceil(length / 2) : length, share);
  const places = Array.from({ length: own }, (_, i) => first + i);
  if (!mixes) return places;
  const partners = places.map((place) => length - 1 - place).filter((partner, i) => partner !== places[i]);
  return [...places, ...partners.reverse()];
}

/** The most places that a share has in batches of up to `length` images. */
export function mostPlaces(length: number, { of }: Share, mixes: boolean): number {
  const most = mixes ? 2 * Math.ceil(Math.ceil(length / 2) / of) : Math.ceil(length / of);
  return Math.min(length, most);
}
