/** What is read at once on a screen, and about as long as one breath: 200 characters are 13 seconds. */
const MAX_LENGTH = 200;
/** A part of a long sentence shorter than this is no phrase. */
const MIN_PART = 40;

/** The full stop of an abbreviation ends no sentence: `M. Martin`, `art. 49`, `J. Dupont`. */
const ABBREVIATION = /(?:^|[\s(«’'])(?:MM?|Mmes?|Mlle|Dr|Me|St|Ste|art|al|cf|p|vol|\p{Lu})\.$/u;

/** Ends a sentence, perhaps closed by a quotation mark or bracket, before something that can begin one. */
const SENTENCE_END = /[.!?…]+(?:\s?[»”")\]])*\s+(?=[\p{Lu}\d«“"(–—-])/gu;

/**
 * Cuts a text into sentences of at most 200 characters; a longer sentence is cut after a semicolon, colon or comma
 * where there is one, else between two words. Joined by spaces, the parts are the text with single spaces.
 */
export function splitSentences(text: string): string[] {
  return text
    .split('\n')
    .flatMap(sentencesOf)
    .flatMap(cutLong)
    .filter((part) => part !== '');
}

function sentencesOf(line: string): string[] {
  const sentences: string[] = [];
  let from = 0;
  for (const match of line.matchAll(SENTENCE_END)) {
    const end = match.index + match[0].length;
    const sentence = line.slice(from, end).trim();
    if (ABBREVIATION.test(sentence)) continue;
    sentences.push(sentence);
    from = end;
  }
  sentences.push(line.slice(from).trim());
  return sentences.map((sentence) => sentence.replace(/\s+/g, ' '));
}

function cutLong(sentence: string): string[] {
  const parts: string[] = [];
  let rest = sentence;
  while (rest.length > MAX_LENGTH) {
    const window = rest.slice(0, MAX_LENGTH);
    const cut = [/.*[;:](?=\s)/s, /.*,(?=\s)/s, /.*(?=\s)/s]
      .map((pattern) => pattern.exec(window)?.[0].length ?? 0)
      .find((length) => length >= MIN_PART);
    // A "word" of 200 characters is none: it is cut where the limit falls.
    const end = cut ?? MAX_LENGTH;
    parts.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  parts.push(rest);
  return parts;
}
