import type { DebateType } from '../sources/index.ts';

/** What an administrator may correct, as it is stored. */
interface CorrectableFacts {
  title: string;
  description: string;
  type: DebateType;
  /** ISO 8601; null where no hour is known. */
  starts_at: string | null;
  commission: string | null;
  place: string | null;
  legislature: number | null;
  session: string | null;
  tags: string[];
  thumbnail_url: string | null;
  report_url: string | null;
}

/** Those that are corrected; the others are the source's. */
export type Corrections = Partial<CorrectableFacts>;

/** What the source says of all of them, and where it puts a debate whose hour it does not know. */
export interface ObservedFacts extends CorrectableFacts {
  day: string;
  /** ISO 8601. */
  sorts_at: string;
}
