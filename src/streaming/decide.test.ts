import { describe, expect, it } from 'vitest';
import type { Debate } from '../debates/index.ts';
import type { AudioFile } from '../vault/index.ts';
import { decideStreaming, type StreamingDecision, type Wanted } from './decide.ts';

const file = (format: 'mp3' | 'm4a', origin: AudioFile['origin']): AudioFile =>
  ({ id: `${format}-${origin}`, format, origin }) as AudioFile;
const original = file('mp3', 'published');
const lighter = file('m4a', 're-encoded');
const candidate = (
  kind: 'mp3' | 'hls' | 'page' | 'mp4',
  url = `http://media.example/${kind}`,
): Debate['media'][number] => ({
  kind,
  url,
  durationAtLeastSeconds: null,
});
const relay: StreamingDecision = { kind: 'relay', url: 'http://media.example/mp3' };
const local = (chosen: AudioFile): StreamingDecision => ({ kind: 'local', file: chosen });
const refused = (reason: string) => ({ kind: 'refused', reason }) as StreamingDecision;

describe('where the sound of a debate comes from', () => {
  it.each<[string, Debate['sittingState'], Debate['media'], AudioFile[], Wanted, StreamingDecision]>([
    ['from here when it is here', 'ended', [candidate('mp3')], [original], {}, local(original)],
    ['the best file first', 'ended', [], [original, lighter], {}, local(original)],
    ['the format asked for', 'ended', [], [original, lighter], { format: 'm4a' }, local(lighter)],
    ['the origin asked for', 'ended', [], [original, lighter], { origin: 're-encoded' }, local(lighter)],
    ['from the source meanwhile', 'ended', [candidate('hls'), candidate('mp3')], [], {}, relay],
    [
      'from the source, as it is what was asked',
      'ended',
      [candidate('mp3')],
      [],
      { format: 'mp3', origin: 'published' },
      relay,
    ],
    [
      'the original from the source, beside a lighter file',
      'ended',
      [candidate('mp3')],
      [lighter],
      { format: 'mp3' },
      relay,
    ],
    ['of a sitting on the air, if its file is there already', 'live', [candidate('mp3')], [], {}, relay],
    [
      'nothing that only extraction can make',
      'ended',
      [candidate('hls'), candidate('page')],
      [],
      {},
      refused('not-extracted'),
    ],
    [
      'nothing in a format that is not there',
      'ended',
      [candidate('mp3')],
      [],
      { format: 'm4a' },
      refused('no-such-rendition'),
    ],
    [
      'nothing of an origin that is not there',
      'ended',
      [],
      [original],
      { origin: 'copied' },
      refused('no-such-rendition'),
    ],
    ['nothing without any source', 'ended', [], [], {}, refused('no-audio')],
    ['nothing before the sitting', 'announced', [], [], {}, refused('not-recorded-yet')],
    ['nothing on the air', 'live', [], [], {}, refused('not-recorded-yet')],
    [
      'nothing once withdrawn, even if it is here',
      'withdrawn',
      [candidate('mp3')],
      [original],
      {},
      refused('withdrawn'),
    ],
    [
      'nothing from an address that is not on the web',
      'ended',
      [candidate('mp3', 'file:///etc/passwd')],
      [],
      {},
      refused('not-extracted'),
    ],
    ['nothing from an address that is none', 'ended', [candidate('mp3', 'http://')], [], {}, refused('not-extracted')],
  ])('%s', (_name, sittingState, media, files, wanted, expected) => {
    expect(decideStreaming({ sittingState, media }, files, wanted)).toEqual(expected);
  });
});
