/** The returned function gives methods back that were set on an object since, and with it what its class has. */
export function keepOwn<T extends object>(object: T, names: readonly (keyof T)[]): () => void {
  const before = names.map((name) => Object.getOwnPropertyDescriptor(object, name));
  return () => {
    for (const [i, name] of names.entries()) {
      delete (object as Partial<T>)[name];
      if (before[i]) Object.defineProperty(object, name, before[i]);
    }
  };
}
