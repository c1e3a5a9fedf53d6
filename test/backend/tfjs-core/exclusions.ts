export function exclusionOf(name: string) { return undefined; }
