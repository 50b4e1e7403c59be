/** What a chapter is, whatever the portal's operators call it. */
export type ChapterKind =
  | 'text'
  | 'articles'
  | 'article'
  | 'after_article'
  | 'amendments'
  | 'point_of_order'
  | 'intervention'
  | 'chair'
  | 'questions'
  | 'question_title'
  | 'question'
  | 'answer'
  | 'tribute'
  | 'other';

/** The portal's keys, as seen in real files; 42 and 48 are both the chair, of a sitting and of the Assembly. */
const KINDS_BY_KEY: Readonly<Record<string, ChapterKind>> = {
  1: 'articles',
  2: 'article',
  3: 'point_of_order',
  4: 'question',
  5: 'question_title',
  6: 'answer',
  7: 'intervention',
  20: 'after_article',
  23: 'text',
  25: 'amendments',
  36: 'questions',
  40: 'tribute',
  42: 'chair',
  48: 'chair',
};

/** The operators add keys without notice: then their wording decides, most telling first. */
const KINDS_BY_WORDING: readonly [RegExp, ChapterKind][] = [
  [/rappel au r[eè]glement/i, 'point_of_order'],
  [/^apr[eè]s l[’']article/i, 'after_article'],
  [/discussion des articles/i, 'articles'],
  [/^article\b/i, 'article'],
  [/^(?:adts?|amendements?)\b/i, 'amendments'],
  [/^questions?\b.*\b(?:gouvernement|ministre|sans d[eé]bat)/i, 'questions'],
  [/^(?:question)\b/i, 'question'],
  [/^r[eé]ponse\b/i, 'answer'],
  [/^(?:m\.|mme) (?:le|la) pr[eé]sidente?\b/i, 'chair'],
  [/^hommage\b/i, 'tribute'],
  [/^intervention\b/i, 'intervention'],
];

/** The kind of a chapter from the portal's type, falling back to the wording of the type, then of the label. */
export function chapterKind(type: { key: string; name: string } | null, label: string): ChapterKind {
  const known = type === null ? undefined : KINDS_BY_KEY[type.key];
  return known ?? kindByWording(type?.name ?? '') ?? kindByWording(label) ?? 'other';
}

function kindByWording(wording: string): ChapterKind | undefined {
  return KINDS_BY_WORDING.find(([pattern]) => pattern.test(wording.trim()))?.[1];
}
