interface Place {
  name: string;
  within: Place | null;
}

/**
 * Path of a number that is none (`1e309` reads as Infinity), or null. The validator makes numbers of texts and then asks no more
 * of those that are not finite: without this they would pass every minimum and maximum.
 */
export function findEndless(root: unknown): readonly string[] | null {
  // Not by recursion: what nobody asked for may be nested as deeply as a body is long.
  const waiting: { value: unknown; place: Place | null }[] = [{ value: root, place: null }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, place } = next;
    if (typeof value === 'number' && !Number.isFinite(value)) return pathOf(place);
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) waiting.push({ value: inner, place: { name, within: place } });
  }
  return null;
}

function pathOf(place: Place | null): string[] {
  const path: string[] = [];
  for (let at = place; at !== null; at = at.within) path.push(at.name);
  return path.reverse();
}
