import { cleanAttributeText } from './record-text.ts';
import type { RecordPoint } from './sitting-record.ts';
import { type Attributes, integerOf } from './syceron-values.ts';

/** Suspensions carry 99 or 100: they interrupt the discussion without leaving it. */
const SUSPENSION_LEVEL = 99;

/** Follows the agenda through the file: knows under which point the next paragraph stands. */
export interface PointTracker {
  /** Opens a point inside `enclosing` (the point whose element is open around it, or null) and gives its index. */
  open(attributes: Attributes, enclosing: number | null): number;
  /** The point under which a paragraph stands whose nearest open point element is `enclosing`. */
  current(enclosing: number | null): number | null;
  readonly points: RecordPoint[];
}

/**
 * Points of levels 1 to 3 are siblings in the file and a tree by `nivpoint`; level 4 is nested in the file too.
 * So a new point closes every open one of its level or deeper, except those whose element really encloses it.
 */
export function createPointTracker(): PointTracker {
  const points: RecordPoint[] = [];
  /** Indexes from the top of the agenda down to where we are. */
  let branch: number[] = [];
  const current = (enclosing: number | null): number | null => enclosing ?? branch.at(-1) ?? null;

  return {
    points,
    current,
    open(attributes, enclosing) {
      const level = integerOf(attributes.nivpoint) ?? (enclosing === null ? 1 : (points[enclosing]?.level ?? 0) + 1);
      const outside = level >= SUSPENSION_LEVEL;
      if (!outside) {
        const kept = enclosing === null ? 0 : branch.indexOf(enclosing) + 1;
        branch = branch.filter((index, position) => position < kept || (points[index]?.level ?? 0) < level);
      }
      const parent = outside ? current(enclosing) : (branch.at(-1) ?? enclosing);
      const index = points.push(toPoint(attributes, level, parent)) - 1;
      if (!outside) branch.push(index);
      return index;
    },
  };
}

function toPoint(attributes: Attributes, level: number, parent: number | null): RecordPoint {
  return {
    parent,
    level,
    title: null,
    order: integerOf(attributes.ordre_absolu_seance),
    grammarCode: attributes.code_grammaire || null,
    style: attributes.code_style || null,
    textNumber: cleanAttributeText(attributes.bibard)?.replace(/^\((.*)\)$/, '$1') ?? null,
    article: cleanAttributeText(attributes.art),
    amendment: cleanAttributeText(attributes.adt),
  };
}
