import type { Random } from "./random.js";
import type { Shape } from "./shapes.js";

/** Height and width of a generated image. */
export const SCENE_SIDE = 32;

export type Color = readonly [number, number, number];

/**
 * Draws one image [32, 32, 3] at `offset`: a textured ground, a few blots, the shape in any colour,
 * place, size and turn, light from one side, and noise. Only the shape depends on the class, and its colour
 * where `paint` says which.
 */
export function drawScene(target: Uint8Array, offset: number, shape: Shape, random: Random, paint?: Color): void {
  const near = color(random);
  const far = color(random);
  const canvas = new Float32Array(SCENE_SIDE * SCENE_SIDE * 3);
  paintGround(canvas, near, far, random);
  for (let blots = random.integer(4); blots > 0; blots--) paintBlot(canvas, random);
  paintShape(canvas, shape, paint ?? contrasting(near, far, random), random);
  expose(target, offset, canvas, random);
}

/** Two waves across each other mix the colors. */
function paintGround(canvas: Float32Array, near: Color, far: Color, random: Random): void {
  const waves = [0, 1].map(() => {
    const angle = 2 * Math.PI * random.uniform();
    const perPixel = 0.1 + 0.9 * random.uniform() ** 2; // radians: most are broad, some are fine
    return { x: Math.cos(angle) * perPixel, y: Math.sin(angle) * perPixel, phase: 2 * Math.PI * random.uniform() };
  }) as [Wave, Wave];
  for (let y = 0, at = 0; y < SCENE_SIDE; y++) {
    for (let x = 0; x < SCENE_SIDE; x++, at += 3) {
      const mix = 0.5 + 0.25 * height(waves[0], x, y) + 0.25 * height(waves[1], x, y);
      for (let c = 0; c < 3; c++) canvas[at + c] = near[c]! + (far[c]! - near[c]!) * mix;
    }
  }
}

interface Wave {
  readonly x: number;
  readonly y: number;
  readonly phase: number;
}

function height({ x: alongX, y: alongY, phase }: Wave, x: number, y: number): number {
  return Math.sin(alongX * x + alongY * y + phase);
}

/** A small ellipse that means nothing. */
function paintBlot(canvas: Float32Array, random: Random): void {
  const paint = color(random);
  const centreX = SCENE_SIDE * random.uniform();
  const centreY = SCENE_SIDE * random.uniform();
  const radiusX = 1.5 + 3 * random.uniform();
  const radiusY = 1.5 + 3 * random.uniform();
  within(centreX, radiusX, centreY, radiusY, (x, y) => {
    if (((x - centreX) / radiusX) ** 2 + ((y - centreY) / radiusY) ** 2 < 1) blend(canvas, x, y, paint, 1);
  });
}

/** The shape, 6 to 12 pixels in half its side, turned by up to 45°, wholly or nearly in the image. */
function paintShape(canvas: Float32Array, shape: Shape, paint: Color, random: Random): void {
  const radius = 6 + 6 * random.uniform();
  const room = SCENE_SIDE - 2 * (radius - 1);
  const turn = (random.uniform() - 0.5) * (Math.PI / 2);
  const centreX = radius - 1 + room * random.uniform();
  const centreY = radius - 1 + room * random.uniform();
  const cos = Math.cos(turn) / radius;
  const sin = Math.sin(turn) / radius;
  const reach = Math.SQRT2 * radius + 1;
  within(centreX, reach, centreY, reach, (x, y) => {
    let hits = 0; // of four points in the pixel
    for (let point = 0; point < 4; point++) {
      const right = x - centreX + (point & 1 ? 0.25 : -0.25);
      const down = y - centreY + (point & 2 ? 0.25 : -0.25);
      if (shape(right * cos + down * sin, down * cos - right * sin)) hits++;
    }
    if (hits > 0) blend(canvas, x, y, paint, hits / 4);
  });
}

/** Light that falls from one side, grain, and rounding to bytes (a byte array drops the fraction). */
function expose(target: Uint8Array, offset: number, canvas: Float32Array, random: Random): void {
  const light = (random.uniform() - 0.5) * 0.8;
  const noise = 6 + 12 * random.uniform();
  for (let pixel = 0; pixel < SCENE_SIDE * SCENE_SIDE; pixel++) {
    const shade = 1 + light * ((pixel % SCENE_SIDE) / (SCENE_SIDE - 1) - 0.5);
    const bits = random.uint32();
    const grain = (((bits & 0xffff) + (bits >>> 16)) / 65536 - 1) * noise; // triangular over −noise to noise
    for (let c = 0; c < 3; c++) {
      const value = canvas[pixel * 3 + c]! * shade + grain;
      target[offset + pixel * 3 + c] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
    }
  }
}

/** Visits the image's pixels in a box around a centre. */
function within(
  centreX: number,
  reachX: number,
  centreY: number,
  reachY: number,
  visit: (x: number, y: number) => void,
): void {
  const [left, right] = [
    Math.max(0, Math.floor(centreX - reachX)),
    Math.min(SCENE_SIDE - 1, Math.ceil(centreX + reachX)),
  ];
  const [top, bottom] = [
    Math.max(0, Math.floor(centreY - reachY)),
    Math.min(SCENE_SIDE - 1, Math.ceil(centreY + reachY)),
  ];
  for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) visit(x, y);
}

function blend(canvas: Float32Array, x: number, y: number, paint: Color, share: number): void {
  const at = (y * SCENE_SIDE + x) * 3;
  for (let c = 0; c < 3; c++) canvas[at + c] = canvas[at + c]! * (1 - share) + paint[c]! * share;
}

function color(random: Random): Color {
  return [40 + random.integer(176), 40 + random.integer(176), 40 + random.integer(176)];
}

/** A color that can be seen on both: of eight, the one farthest from the nearer of the two. */
function contrasting(near: Color, far: Color, random: Random): Color {
  let best = color(random);
  for (let i = 0; i < 7; i++) {
    const next = color(random);
    if (
      Math.min(squaredDistance(next, near), squaredDistance(next, far)) >
      Math.min(squaredDistance(best, near), squaredDistance(best, far))
    )
      best = next;
  }
  return best;
}

function squaredDistance(a: Color, b: Color): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}
