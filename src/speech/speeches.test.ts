import { describe, expect, it } from 'vitest';
import type { Cue } from './cue.ts';
import type { PlacedChapter } from './place-chapters.ts';
import { speechesOf } from './speeches.ts';

const PEOPLE = {
  chair: { name: 'Mme la présidente', role: null, personId: 'PA1', chair: true },
  ada: { name: 'Mme Ada Haie', role: 'rapporteure', personId: 'PA2', chair: false },
  bo: { name: 'M. Bo Talus', role: null, personId: 'PA3', chair: false },
  some: { name: 'Plusieurs députés', role: null, personId: null, chair: false },
};
let at = 0;

/** Ten seconds each, in a row. */
function cue(who: keyof typeof PEOPLE | null, text: string, change: Partial<Cue> = {}): Cue {
  at += 10_000;
  const speaker = who === null ? null : PEOPLE[who];
  return { startsAtMs: at, endsAtMs: at + 10_000, kind: 'speech', speaker, text, source: 'record', ...change };
}

function chapter(change: Partial<PlacedChapter>): PlacedChapter {
  return {
    id: '1',
    label: 'Article 1er',
    typedLabel: 'Article 1er',
    kind: 'article',
    speakerIds: [],
    startsAtMs: 0,
    endsAtMs: null,
    children: [],
    ...change,
  };
}

describe('speeches from the record', () => {
  it('go on through interruptions and stage directions, and end where the chair or another speaks', () => {
    const cues = [
      cue('chair', 'La parole est à Mme Haie.'),
      cue('ada', 'Une haie.'),
      cue('some', 'Bravo !', { kind: 'interruption' }),
      cue(null, '(Applaudissements.)', { kind: 'stage-direction' }),
      cue('ada', 'Deux haies.'),
      cue('bo', 'Un talus.'),
      cue('ada', 'Encore une.'),
      cue('chair', 'Merci.'),
      cue('ada', 'Une dernière.'),
    ];
    const speeches = speechesOf(cues, [], []);
    expect(speeches.map(({ speakerId, cues: range, speakingMs }) => [speakerId, range, speakingMs])).toEqual([
      ['PA2', { first: 1, last: 4 }, 20_000],
      ['PA3', { first: 5, last: 5 }, 10_000],
      ['PA2', { first: 6, last: 6 }, 10_000],
      ['PA2', { first: 8, last: 8 }, 10_000],
    ]);
    expect(speeches[0]).toMatchObject({ beginning: 'Une haie. Deux haies.', role: 'rapporteure' });
  });

  it('begin with their first sentence that has a time', () => {
    const cues = [cue('bo', 'Sans heure.', { startsAtMs: null, endsAtMs: null }), cue('bo', 'À l’heure.')];
    expect(speechesOf(cues, [], [])).toMatchObject([{ startsAtMs: cues[1]?.startsAtMs, speakingMs: 10_000 }]);
  });

  it('stand in the innermost chapter that is about a subject', () => {
    const said = cue('bo', 'Un talus.');
    const startsAtMs = said.startsAtMs ?? 0;
    const own = chapter({ label: 'M. Talus', kind: 'intervention', startsAtMs, endsAtMs: startsAtMs + 10_000 });
    const over = chapter({ label: 'Hier', endsAtMs: 5 });
    const tree = [over, chapter({ label: 'HAIES', kind: 'text', children: [chapter({ children: [own] })] })];
    expect(speechesOf([said], tree, [])[0]?.chapterLabel).toBe('Article 1er');
  });

  it('are quoted no longer than a phone shows, at a word', () => {
    const [speech] = speechesOf([cue('bo', 'talus '.repeat(100).trim())], [], []);
    expect(speech?.beginning).toMatch(/^(?:talus )+talus…$/);
    expect(speech?.beginning?.length).toBeLessThanOrEqual(281);
  });
});

describe('speeches where nobody is named in the words', () => {
  const speakers = [
    { id: 's1', name: 'Mme Zoé Lande', personId: null, role: 'géographe' },
    { id: 's2', name: 'M. Bo Talus', personId: 'PA3', role: null },
  ];

  it('are the chapters that name somebody, the chair aside', () => {
    const tree = [
      chapter({ id: '1', label: 'Mme la présidente', kind: 'chair', speakerIds: ['s2'] }),
      chapter({
        id: '2',
        label: 'Les landes',
        kind: 'text',
        children: [
          chapter({ label: 'Mme Lande', kind: 'intervention', speakerIds: ['s1', 'absent'], startsAtMs: null }),
          chapter({ label: 'M. Talus , Mme Lande', kind: 'question', speakerIds: ['s2', 's1'], startsAtMs: 7_000 }),
        ],
      }),
    ];
    expect(
      speechesOf([cue(null, 'Bonjour.')], tree, speakers).map(({ speakerId, startsAtMs, chapterLabel, source }) => [
        speakerId,
        startsAtMs,
        chapterLabel,
        source,
      ]),
    ).toEqual([
      ['nom-zoe-lande', null, 'Les landes', 'chapters'],
      ['PA3', 7_000, 'Les landes', 'chapters'],
      ['nom-zoe-lande', 7_000, 'Les landes', 'chapters'],
    ]);
  });
});
