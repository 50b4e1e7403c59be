import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventedRecord } from '../../tests/support/record-fixture.ts';
import type { CaptionCue, RecordParagraph } from '../portal/index.ts';
import { type Cue, isTimed } from './cue.ts';
import { mergeCues } from './cues.ts';

const caption = (startsAtMs: number, endsAtMs: number, text: string): CaptionCue => ({ startsAtMs, endsAtMs, text });

function paragraph(text: string, startsAtMs: number | null, change: Partial<RecordParagraph> = {}): RecordParagraph {
  return {
    kind: 'speech',
    point: null,
    order: null,
    id: null,
    speaker: { name: 'Mme Inventée', role: null, personId: 'PA1', chair: false },
    debateRole: null,
    grammarCode: null,
    style: null,
    pieces: [{ text, style: 'plain' }],
    startsAtMs,
    ...change,
  };
}

const drawn = (cues: readonly Cue[]) =>
  cues.map(({ startsAtMs, endsAtMs, source, text }) => `${startsAtMs}-${endsAtMs} ${source} ${text}`);

describe('mergeCues: the record alone', () => {
  const cues = mergeCues(inventedRecord().paragraphs, [], null);

  it('marks interruptions and stage directions, and makes nobody say them', () => {
    const around = cues.slice(
      cues.findIndex(({ text }) => text.startsWith('Monsieur le ministre')),
      cues.findIndex(({ text }) => text.startsWith('Monsieur le député')),
    );
    expect(around.map(({ kind, speaker, text }) => [kind, speaker?.name ?? null, text])).toEqual([
      [
        'speech',
        'M. Gaspard Lampe',
        'Monsieur le ministre, les phares de nos côtes s’éteignent l’un après l’autre, et personne ne sait qui paiera les ampoules.',
      ],
      ['stage-direction', null, '(Applaudissements sur les bancs du groupe Marée haute.)'],
      ['speech', 'M. Gaspard Lampe', 'Le 1er mars, le phare de Pierre-Noire sera vendu.'],
      ['speech', 'M. Gaspard Lampe', 'Que comptez-vous faire ?'],
      ['stage-direction', null, '(Mêmes mouvements. – Mme Barbe (Finistère) se lève.)'],
      ['interruption', 'Un député du groupe Marée basse', 'Il a raison !'],
    ]);
  });

  it('starts each paragraph where the record says', () => {
    expect(cues.find(({ text }) => text === 'Il a raison !')?.startsAtMs).toBe(931_400);
    expect(cues.find(({ text }) => text === 'La séance est reprise.')?.startsAtMs).toBe(2_142_000);
  });

  it('lets a heading share the time of the sentence after it, though a suspension lies before', () => {
    const heading = cues.findIndex(({ text }) => text.startsWith('Présidence de M. Anatole Siège'));
    expect(cues[heading]).toMatchObject({ kind: 'heading', startsAtMs: 2_142_000, speaker: null });
    expect(cues[heading + 1]?.startsAtMs).toBe(2_142_000);
  });

  it('keeps the words of a record that has no times, without a time', () => {
    const untimed = mergeCues([paragraph('Un mot. Deux mots.', null)], [], 60_000);
    expect(drawn(untimed)).toEqual(['null-null record Un mot.', 'null-null record Deux mots.']);
  });

  it('gives a heading that nothing follows no time', () => {
    const heading = paragraph('Fin', null, { kind: 'heading', speaker: null });
    expect(mergeCues([paragraph('Un mot.', 1_000), heading], [], null)[1]).toMatchObject({
      startsAtMs: null,
      kind: 'heading',
    });
  });
});

describe('mergeCues: the captions alone', () => {
  it('joins cues cut in mid sentence, that begin with a space or a lone full stop', () => {
    const cues = mergeCues(
      [],
      [
        caption(10_000, 14_000, ' Pour qu’un enfant parle, il faut'),
        caption(14_000, 16_000, ' qu’on l’écoute'),
        caption(16_000, 18_000, '. Le deuxième point'),
        caption(18_000, 20_000, ' est plus simple.'),
      ],
      null,
    );
    expect(cues.map(({ text, speaker, source, kind }) => [text, speaker, source, kind])).toEqual([
      ['Pour qu’un enfant parle, il faut qu’on l’écoute.', null, 'captions', 'speech'],
      ['Le deuxième point est plus simple.', null, 'captions', 'speech'],
    ]);
    expect(cues[0]?.startsAtMs).toBe(10_000);
    // After the full stop of the third caption, which lasts two seconds.
    expect(cues[1]?.startsAtMs).toBe(16_211);
  });

  it('does not stretch words over the empty room before them', () => {
    const [cue] = mergeCues([], [caption(448_670, 898_419, ' Présidence de M.')], null);
    expect(cue?.startsAtMs).toBeGreaterThan(890_000);
  });

  it('knows a stage direction by its brackets', () => {
    expect(mergeCues([], [caption(0, 2_000, '(Applaudissements.)')], null)[0]?.kind).toBe('stage-direction');
  });

  it('leaves out captions that last no time or say nothing, and takes them in the order of time', () => {
    const cues = mergeCues(
      [],
      [
        caption(5_000, 7_000, 'Deux.'),
        caption(1_000, 3_000, 'Un.'),
        caption(3_000, 3_000, 'Rien.'),
        caption(4_000, 5_000, ' '),
      ],
      null,
    );
    expect(cues.map(({ text }) => text)).toEqual(['Un.', 'Deux.']);
    expect(cues.map(({ startsAtMs }) => startsAtMs)).toEqual([1_000, 5_000]);
  });
});

describe('mergeCues: both', () => {
  const spoken =
    'Les phares de nos côtes s’éteignent l’un après l’autre. Qui paiera les ampoules de demain ? Nous attendons votre réponse.';

  it('takes the words and the speaker of the record, and the times of the captions', () => {
    const captions = [
      caption(10_000, 16_000, 'les phares de nos cotes s’éteignent l’un après l’autre'),
      caption(20_000, 23_000, '. Qui paiera les ampoules de demain ?'),
      caption(30_000, 32_000, 'Nous attendons votre réponse.'),
    ];
    const cues = mergeCues([paragraph(spoken, 9_500)], captions, null);
    expect(cues.map(({ startsAtMs, speaker, source }) => [startsAtMs, speaker?.personId, source])).toEqual([
      [10_000, 'PA1', 'record'],
      // After the lone full stop that the cue begins with.
      [20_162, 'PA1', 'record'],
      [30_000, 'PA1', 'record'],
    ]);
  });

  it('gives times to a record that has none', () => {
    const cues = mergeCues(
      [paragraph('Nous attendons votre réponse.', null)],
      [caption(30_000, 32_000, 'Nous attendons votre réponse.')],
      null,
    );
    expect(cues[0]).toMatchObject({ startsAtMs: 30_000, source: 'record' });
  });

  it('does not trust captions that have too few of a sentence’s words', () => {
    const cues = mergeCues(
      [paragraph('Nous attendons votre réponse.', 9_000)],
      [caption(30_000, 32_000, 'Nous verrons bien.')],
      null,
    );
    expect(cues[0]?.startsAtMs).toBe(9_000);
  });

  it('adds what only the captions have, in its place', () => {
    const missing = Array.from({ length: 40 }, (_, index) => `suite${index}`).join(' ');
    const captions = [
      caption(10_000, 12_000, 'Nous attendons votre réponse.'),
      caption(20_000, 40_000, `Et voici ${missing}.`),
      caption(60_000, 62_000, 'La séance est levée maintenant.'),
    ];
    const record = [
      paragraph('Nous attendons votre réponse.', 10_000),
      paragraph('La séance est levée maintenant.', 60_000),
    ];
    const cues = mergeCues(record, captions, null);
    expect(cues[0]?.source).toBe('record');
    expect(cues.at(-1)).toMatchObject({ source: 'record', startsAtMs: 60_000 });
    const added = cues.slice(1, -1);
    expect(added.length).toBeGreaterThan(0);
    expect(added.every(({ source }) => source === 'captions')).toBe(true);
    expect(added.map(({ text }) => text).join(' ')).toBe(`Et voici ${missing}.`);
  });

  it('does not repeat a few words that the record has edited away', () => {
    const captions = [caption(10_000, 12_000, 'Euh bon alors. Nous attendons votre réponse.')];
    expect(mergeCues([paragraph('Nous attendons votre réponse.', 10_000)], captions, null)).toHaveLength(1);
  });

  it('whatever comes in: spoken cues are in order, do not overlap, and every sentence of the record is there', () => {
    const word = fc.constantFrom('un', 'deux', 'trois', 'quatre', 'cinq.', 'Six', 'sept !', 'Huit');
    const text = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '));
    const time = fc.nat(600_000);
    const record = fc.array(fc.tuple(text, fc.option(time)), { maxLength: 12 });
    const captions = fc.array(fc.tuple(time, fc.nat(20_000), text), { maxLength: 12 });
    fc.assert(
      fc.property(record, captions, (turns, subtitles) => {
        const paragraphs = turns.map(([words, startsAtMs]) => paragraph(words, startsAtMs));
        const cues = mergeCues(
          paragraphs,
          subtitles.map(([at, lasts, words]) => caption(at, at + lasts, words)),
          600_000,
        );
        let previousEnd = 0;
        for (const cue of cues.filter(isTimed)) {
          expect(cue.startsAtMs).toBeGreaterThanOrEqual(previousEnd);
          expect(cue.endsAtMs).toBeGreaterThan(cue.startsAtMs);
          previousEnd = cue.endsAtMs;
        }
        const said = cues.filter(({ source }) => source === 'record').map((cue) => cue.text);
        expect(said.join(' ')).toBe(turns.map(([words]) => words).join(' '));
      }),
      { numRuns: 300 },
    );
  });

  it('merges a sitting of 60,000 words in a second or two', () => {
    let state = 1;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state;
    };
    const sentences = Array.from(
      { length: 4_000 },
      () => `${Array.from({ length: 15 }, () => `mot${random() % 4_000}`).join(' ')}.`,
    );
    const paragraphs = sentences.map((sentence, index) => paragraph(sentence, index % 5 === 0 ? index * 6_000 : null));
    const captions = sentences.map((sentence, index) => caption(index * 6_000, index * 6_000 + 6_000, sentence));
    const startedAt = performance.now();
    const cues = mergeCues(paragraphs, captions, null);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(cues.filter(({ startsAtMs }, index) => startsAtMs === index * 6_000).length).toBeGreaterThan(3_900);
  });
});
