/** Whether a point belongs to a shape that fills about the square −1 to 1; y points down. */
export type Shape = (x: number, y: number) => boolean;

/** The generated dataset's classes, in the order of their labels. */
export const SHAPES: readonly (readonly [name: string, shape: Shape])[] = [
  ["disc", (x, y) => length(x, y) < 0.85],
  ["ring", (x, y) => Math.abs(length(x, y) - 0.7) < 0.25],
  ["square", (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.75],
  ["frame", (x, y) => Math.abs(Math.max(Math.abs(x), Math.abs(y)) - 0.65) < 0.2],
  ["triangle", (x, y) => y < 0.75 && y > 2 * Math.abs(x) - 0.95],
  ["star", star],
  ["cross", (x, y) => Math.min(Math.abs(x), Math.abs(y)) < 0.27 && Math.max(Math.abs(x), Math.abs(y)) < 0.95],
  ["crescent", (x, y) => length(x, y) < 0.9 && length(x - 0.45, y) > 0.72],
  ["heart", (x, y) => heart(1.2 * x, -1.2 * y - 0.1)],
  [
    "arrow",
    (x, y) => (y > -0.05 ? Math.abs(x) < 0.25 && y < 0.95 : y > -0.95 && Math.abs(x) < (0.85 * (y + 0.95)) / 0.9),
  ],
];

/** Five points: the radius at an angle runs along the straight edges between 0.95 and 0.4. */
function star(x: number, y: number): boolean {
  const radius = length(x, y);
  const fifth = (2 * Math.PI) / 5;
  const turned = Math.atan2(x, -y) + 2 * Math.PI;
  const tip = fifth / 2;
  const angle = Math.abs((turned % fifth) - tip); // from the notch between two points, 0 to π / 5
  // The edge from the notch (0.4, at angle 0) to the tip (0.95, at angle tip), in polar form.
  const cross = 0.4 * 0.95 * Math.sin(tip);
  return radius * (0.95 * Math.sin(tip - angle) + 0.4 * Math.sin(angle)) < cross;
}

/** The heart curve (x² + y² − 1)³ = x² y³. */
function heart(x: number, y: number): boolean {
  const outside = x * x + y * y - 1;
  return outside * outside * outside < x * x * y * y * y;
}

/** Math.hypot is ten times slower. */
function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}
