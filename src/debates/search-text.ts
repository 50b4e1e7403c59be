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
}

/** A question of more terms finds nothing that one of this many would not; each costs a look into the index. */
const TERMS_MAX = 32;

/**
 * Small words that the French list of words without meaning holds with an accent only, and that are compared without: they
 * would have to occur. `été` is not among them, because it is a season too.
 */
const UNMARKED_SMALL_WORDS = new Set(['a', 'meme', 'memes', 'etes', 'etait', 'etaient', 'etant']);

/** `-"phrase"`, `-word`; any of the quotation marks that people type. What no quotation mark closes is words. */
const TERM = /(-?)(?:["«“]([^"»”]*)["»”]|(\S+))/gu;

/** Words, "phrases", -exclusions and beginnings*, as people type them. Any text is one; at most `TERMS_MAX` terms of it count. */
export function parseSearchText(text: string): SearchTerm[] {
  const terms: SearchTerm[] = [];
  for (const [, sign, phrase, word = ''] of text.matchAll(TERM)) {
    const excluded = sign === '-';
    const typed = phrase?.trim() ?? word.replace(/\*+$/, '');
    const key = textKey(typed);
    if (key === '' || terms.length === TERMS_MAX) continue;
    if (phrase !== undefined) terms.push({ kind: 'phrase', key, typed, excluded });
    else if (word.endsWith('*')) terms.push(...beginningOf(key, typed, excluded));
    else if (!UNMARKED_SMALL_WORDS.has(key)) terms.push({ kind: 'word', key, typed, excluded });
  }
  return terms;
}

/** Of what is several words (`l’éco*`) the last is the one that goes on. */
function beginningOf(key: string, typed: string, excluded: boolean): SearchTerm[] {
  const words = key.split(' ');
  const last: SearchTerm = { kind: 'prefix', key: words.at(-1) ?? '', typed, excluded };
  const before = words.slice(0, -1).join(' ');
  return before === '' || excluded ? [last] : [{ kind: 'word', key: before, typed: before, excluded }, last];
}

/** The text that asks for these terms. */
export function searchTextOf(terms: readonly SearchTerm[]): string {
  const written = {
    word: (typed: string) => typed,
    phrase: (typed: string) => `"${typed}"`,
    prefix: (t: string) => `${t}*`,
  };
  return terms.map(({ kind, typed, excluded }) => `${excluded ? '-' : ''}${written[kind](typed)}`).join(' ');
}

/**
 * The terms as a query for the index, in the configuration `robian_fr`. Words that say nothing leave no trace in it: where only
 * such were asked for, the query is empty and finds nothing. A phrase is found in any of its forms.
 */
export function searchQueryOf(terms: readonly SearchTerm[]): RawBuilder<unknown> {
  const parts = terms.map((term) => {
    const asked = termQuery(term);
    return term.excluded ? sql`!! ${asked}` : asked;
  });
  return parts.length === 0 ? sql`''::tsquery` : sql`(${sql.join(parts, sql` && `)})`;
}

function termQuery({ kind, key }: SearchTerm): RawBuilder<unknown> {
  // A key is letters, digits and spaces, so that the quotes make one lexeme of it as it stands.
  if (kind === 'prefix') return sql`${`'${key}':*`}::tsquery`;
  return sql`phraseto_tsquery('robian_fr', ${key})`;
}
