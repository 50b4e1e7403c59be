import { expect, it } from 'vitest';
import { inventedRecord } from '../../tests/support/record-fixture.ts';
import { deriveSpeech, type SpeechFacts } from './derive.ts';
import { deriveAside } from './derive-aside.ts';

const { paragraphs } = inventedRecord();
const facts: SpeechFacts = {
  chapters: [],
  speakers: [],
  durationSeconds: 7_200,
  synchros: [],
  captions: [],
  paragraphs,
  silenceEndsAtMs: null,
  groups: new Map([['PA100002', 'PO1']]),
};

it('derives the same aside as here, groups included', async () => {
  const long = {
    ...facts,
    captions: Array.from({ length: 200 }, (_, i) => ({ startsAtMs: i * 9, endsAtMs: i * 9 + 8, text: 'mot' })),
  };
  expect(await deriveAside(long)).toEqual(deriveSpeech(long));
  expect(await deriveAside(facts)).toEqual(deriveSpeech(facts));
});

it('does not keep the main loop from its work', async () => {
  const text = 'Les haies bocagères abritent le bouvreuil, la mésange et le troglodyte. '.repeat(8);
  const many = Array.from({ length: 2_000 }, (_, i) => ({ startsAtMs: i * 4_000, endsAtMs: i * 4_000 + 3_900, text }));
  let beats = 0;
  const heart = setInterval(() => {
    beats += 1;
  }, 5);
  await deriveAside({ ...facts, captions: many });
  clearInterval(heart);
  expect(beats).toBeGreaterThan(10);
});

it('fails when the derivation fails', async () => {
  const broken = { ...facts, captions: Array.from({ length: 200 }, () => null) } as unknown as SpeechFacts;
  await expect(deriveAside(broken)).rejects.toThrow();
});
