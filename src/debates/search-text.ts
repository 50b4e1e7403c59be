import { type RawBuilder, sql } from 'kysely';
import { textKey } from './text-key.ts';

/** One thing asked for. */
export interface SearchTerm {
  /** A phrase stands exactly so; a word stands in any of its forms; a prefix begins a word. */
  kind: 'word' | 'phrase' | 'prefix';
  /** As `textKey` makes it; a word that is typed as one may be several (`porte-parole`). */
  key: string;
  /** As it was typed, without sign, quotes and star. */
  typed: string;
  excluded: boolean;
  /** It may stand in the place of the term before it. */
  instead: boolean;
}

/** A question of more terms finds nothing that one of this many would not; each costs a look into the index. */
const TERMS_MAX = 32;

/**
 * Small words that the French list of words without meaning holds with an accent only, and that are compared without: they
 * would have to occur. `été` is not among them, because it is a season too.
 */
const UNMARKED_SMALL_WORDS = new Set(['a', 'meme', 'memes', 'etes', 'etait', 'etaient', 'etant']);
/** Shorter words may end in what looks like the mark of a plural (`prix`). */
const PLURAL_MIN = 5;
/** In capitals only: `or` is a metal, `ou` a small word. */
const INSTEAD = new Set(['OR', 'OU']);

/** `-"phrase"`, `-word`; any of the quotation marks that people type. What no quotation mark closes is words. */
const TERM = /(-?)(?:["«“]([^"»”]*)["»”]|(\S+))/gu;

/**
 * Words, "phrases", -exclusions, beginnings* and `this OU that`, as people type them. Any text is one; at most `TERMS_MAX` terms
 * of it count.
 */
export function parseSearchText(text: string): SearchTerm[] {
  const terms: SearchTerm[] = [];
  let instead = false;
  for (const [, sign, phrase, word = ''] of text.matchAll(TERM)) {
    if (INSTEAD.has(word) && sign === '') {
      instead = terms.length > 0;
      continue;
    }
    const excluded = sign === '-';
    const typed = phrase?.trim() ?? word.replace(/\*+$/, '');
    const key = textKey(typed);
    if (key === '') continue;
    if (phrase !== undefined) terms.push({ kind: 'phrase', key, typed, excluded, instead });
    else if (word.endsWith('*')) terms.push(...beginningOf({ kind: 'prefix', key, typed, excluded, instead }));
    else if (!UNMARKED_SMALL_WORDS.has(key)) terms.push({ kind: 'word', key, typed, excluded, instead });
    instead = false;
  }
  return terms.slice(0, TERMS_MAX);
}

/** Of what is several words (`l’éco*`) the last is the one that goes on. */
function beginningOf(term: SearchTerm): SearchTerm[] {
  const words = term.key.split(' ');
  const last: SearchTerm = { ...term, key: words.at(-1) ?? '' };
  const before = words.slice(0, -1).join(' ');
  if (before === '' || term.excluded) return [last];
  return [
    { ...term, kind: 'word', key: before, typed: before },
    { ...last, typed: last.key, instead: false },
  ];
}

/** The text that asks for these terms. */
export function searchTextOf(terms: readonly SearchTerm[]): string {
  const written = ({ kind, typed }: SearchTerm): string => {
    if (kind === 'phrase') return `"${typed}"`;
    return kind === 'prefix' ? `${typed}*` : typed;
  };
  return terms.map((term) => `${term.instead ? 'OU ' : ''}${term.excluded ? '-' : ''}${written(term)}`).join(' ');
}

/**
 * The terms as a query for the index, in the configuration `robian_fr`. Words that say nothing leave no trace in it: where only
 * such were asked for, the query is empty and finds nothing. Phrases are found as they stand where the index holds whole words
 * too (`robian_plain`), else in any form of their words; small words in them may be others.
 */
export function searchQueryOf(
  terms: readonly SearchTerm[],
  phrases: 'robian_plain' | 'robian_fr' = 'robian_fr',
): RawBuilder<unknown> {
  const choices: RawBuilder<unknown>[][] = [];
  for (const term of terms) {
    const query = termQuery(term, phrases);
    const asked = term.excluded ? sql`!! ${query}` : query;
    const choice = term.instead ? choices.at(-1) : undefined;
    if (choice) choice.push(asked);
    else choices.push([asked]);
  }
  if (choices.length === 0) return sql`''::tsquery`;
  const parts = choices.map((choice) => sql`(${sql.join(choice, sql` || `)})`);
  return sql`(${sql.join(parts, sql` && `)})`;
}

/** Singular and plurals of a word, by `textKey`. */
export function formsOf(key: string): string[] {
  const singular = key.length >= PLURAL_MIN ? key.replace(/[sx]$/, '') : key;
  return [singular, `${singular}s`, `${singular}x`];
}

/** A word is found by its stem, and by its singular and plurals, which the French stemmer does not always bring together. */
function termQuery({ kind, key }: SearchTerm, phrases: string): RawBuilder<unknown> {
  // A key is letters, digits and spaces, so that the quotes make one lexeme of it as it stands.
  if (kind === 'prefix') return sql`${`'${key}':*`}::tsquery`;
  if (kind === 'phrase') return sql`phraseto_tsquery(${sql.lit(phrases)}, ${key})`;
  const stems = sql`phraseto_tsquery('robian_fr', ${key})`;
  if (key.includes(' ')) return stems;
  const forms = formsOf(key)
    .map((form) => `'${form}'`)
    .join(' | ');
  return sql`(case when numnode(${stems}) = 0 then ${stems} else ${stems} || ${forms}::tsquery end)`;
}
