import { createHash } from 'node:crypto';
import { type FilmedSitting, type Replay, readRecording } from '../demo/index.ts';

export interface Check {
  debateId: string;
  /** What was tried, in words. */
  name: string;
  /** What was not as expected; null when all was. */
  problem: string | null;
}

interface Playback {
  /** Where the API answers. */
  address: string;
  replay: Pick<Replay, 'counters'>;
  /** One whose MP3 was published and taken. */
  sitting: FilmedSitting;
  signal: AbortSignal;
}

interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/** The API is on this machine: what takes longer will never come, in ms. */
const TIMEOUT_MS = 10_000;
const OTHER_ETAG = '"another-file"';

function fetchInTime(url: string, signal: AbortSignal, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
}

/** Plays one recording back over HTTP as players do (RFC 9110 §14), and compares with the bytes that the portal published. */
export async function checkPlayback({ address, replay, sitting, signal }: Playback): Promise<Check[]> {
  const { recording, videoId } = sitting;
  const published = readRecording(recording.mp3File ?? '');
  const size = published.length;
  const from = Math.floor(size / 3);
  const to = from + Math.min(65_535, Math.floor(size / 3));
  const tail = 4_096;
  const base = `${address}/api/streaming/${videoId}`;
  const get = async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const url = path.startsWith('http') ? path : `${base}${path}`;
    const response = await fetchInTime(url, signal, headers);
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  };
  const asked = (): number => replay.counters.of(`/vod/mp4/ida/domain1/${recording.base}.mp3`).requests;
  const askedBefore = asked();

  const whole = await get('/stream');
  const etag = whole.headers.get('etag') ?? '';
  const rangeHeader = `bytes=${from}-${to}`;
  const piece = await get('/stream', { range: rangeHeader });
  const suffix = await get('/stream', { range: `bytes=-${tail}` });
  const same = await get('/stream', { range: rangeHeader, 'if-range': etag });
  const changed = await get('/stream', { range: rangeHeader, 'if-range': OTHER_ETAG });
  const known = await get('/stream', { 'if-none-match': etag });
  const beyond = await get('/stream', { range: `bytes=${size}-` });
  const link = await get('/download', { accept: 'application/json' });
  const { url, sha256 } = JSON.parse(link.body.toString()) as { url: string; sha256: string | null };
  const downloaded = await get(url);

  const check = (name: string, ...problems: (string | null)[]): Check => {
    return { debateId: videoId, name, problem: problems.find((problem) => problem !== null) ?? null };
  };
  const pieceBytes = published.subarray(from, to + 1);
  return [
    check('the whole', differs(whole, 200, published), /^"[^"]+"$/.test(etag) ? null : `no strong ETag but ${etag}`),
    check('a range', differs(piece, 206, pieceBytes), rangeProblem(piece, `bytes ${from}-${to}/${size}`)),
    check(
      'the last bytes',
      differs(suffix, 206, published.subarray(-tail)),
      rangeProblem(suffix, `bytes ${size - tail}-${size - 1}/${size}`),
    ),
    check('a range of the same file (If-Range)', differs(same, 206, pieceBytes)),
    check('the whole when the file is another (If-Range)', differs(changed, 200, published)),
    check('nothing when it is known (If-None-Match)', differs(known, 304, Buffer.alloc(0))),
    check('a refusal beyond its end', beyond.status === 416 ? null : `${beyond.status} instead of 416`),
    check('a download by signed link', differs(downloaded, 200, published), hashProblem(sha256, published)),
    check('nothing asked of the portal for it', asked() === askedBefore ? null : 'it was fetched again'),
  ];
}

/** What a sentence found lies beside its caption at most: captions are cut elsewhere than sentences, in ms. */
const CAPTION_TOLERANCE_MS = 1_000;

interface SpeechHit {
  debate: { id: string };
  starts_at_ms: number;
  ends_at_ms: number;
  listen_url: string;
}

/** Shorter words are said everywhere. */
const TELLING_LETTERS = 6;
/** Captions and words looked for: one address may search sixty times a minute, and there are four sittings with captions. */
const LONGEST_CAPTIONS = 3;
const LONGEST_WORDS = 4;

/** Looks for words of the longest captions, and compares where the answers send a player with where the caption is heard. */
export async function checkWords({ address, sitting, signal }: Omit<Playback, 'replay'>): Promise<Check> {
  const { captions, videoId } = sitting;
  // One that was announced before it was filmed keeps the id it had then.
  const known = await fetchInTime(`${address}/api/debates/${videoId}`, signal);
  const { id } = (await known.json()) as { id: string };
  const hitsOf = async (word: string): Promise<SpeechHit[]> => {
    const url = `${address}/api/search/speech?per_page=100&q=${encodeURIComponent(word)}`;
    const response = await fetchInTime(url, signal);
    if (!response.ok) throw new Error(`looking for "${word}" was answered ${response.status}`);
    const hits = (await response.json()) as SpeechHit[];
    return hits.filter(({ debate }) => debate.id === id);
  };
  let found = 0;
  const elsewhere: string[] = [];
  const longest = (captions ?? []).toSorted((a, b) => b.text.length - a.text.length).slice(0, LONGEST_CAPTIONS);
  for (const { text, startsAtMs } of longest) {
    const isHere = ({ starts_at_ms, ends_at_ms, listen_url }: SpeechHit): boolean =>
      starts_at_ms - CAPTION_TOLERANCE_MS <= startsAtMs &&
      startsAtMs <= ends_at_ms + CAPTION_TOLERANCE_MS &&
      listen_url.endsWith(`/${id}/stream#t=${Math.floor(starts_at_ms / 1000)}`);
    const telling = (text.match(/\p{L}+/gu) ?? []).filter(({ length }) => length >= TELLING_LETTERS);
    const words = telling.toSorted((a, b) => b.length - a.length).slice(0, LONGEST_WORDS);
    const hits = (await Promise.all(words.map(hitsOf))).flat();
    if (hits.some(isHere)) found += 1;
    // The record is edited: what it leaves out cannot be found.
    else if (hits.length > 0) elsewhere.push(text);
  }
  const problem = found === 0 ? 'nothing that was said is found' : (elsewhere[0] ?? null);
  return { debateId: videoId, name: 'what was said, where it is heard', problem };
}

function differs(answer: Answer, status: number, bytes: Buffer): string | null {
  if (answer.status !== status) return `${answer.status} instead of ${status}`;
  if (answer.body.length !== bytes.length) return `${answer.body.length} bytes instead of ${bytes.length}`;
  return answer.body.equals(bytes) ? null : 'other bytes than published';
}

function rangeProblem({ headers }: Answer, expected: string): string | null {
  const given = headers.get('content-range');
  return given === expected ? null : `Content-Range ${given} instead of ${expected}`;
}

function hashProblem(sha256: string | null, published: Buffer): string | null {
  const expected = createHash('sha256').update(published).digest('hex');
  return sha256 === expected ? null : `sha256 ${sha256} instead of ${expected}`;
}
