/** Options over their defaults; one that is undefined is one that is left out. */
export function filled<Whole extends object>(
  defaults: Whole,
  options: { readonly [Key in keyof Whole]?: Whole[Key] | undefined },
): Whole {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}
