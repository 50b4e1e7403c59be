import { describe, expect, it } from 'vitest';
import { inventedRecord } from '../../tests/support/record-fixture.ts';
import type { Cue } from './cue.ts';
import { mergeCues } from './cues.ts';
import { speakingTime } from './speaking-time.ts';

const person = (number: number, change: Partial<{ name: string; personId: string | null; chair: boolean }> = {}) => ({
  name: `Mme ${number}`,
  role: null,
  personId: `PA${number}`,
  chair: false,
  ...change,
});
const said = (seconds: [number, number] | null, speaker: Cue['speaker'], kind: Cue['kind'] = 'speech'): Cue => ({
  startsAtMs: seconds === null ? null : seconds[0] * 1000,
  endsAtMs: seconds === null ? null : seconds[1] * 1000,
  kind,
  speaker,
  text: 'Dix lettres',
  source: 'record',
});
const groupOf = (personId: string) => (personId === 'PA1' || personId === 'PA2' ? 'PO1' : null);

describe('speakingTime', () => {
  it('adds sentences up by person and by group, longest first', () => {
    const time = speakingTime(
      [said([0, 10], person(1)), said([10, 15], person(3)), said([15, 20], person(2))],
      groupOf,
    );
    expect(time.people.map(({ personId, groupId, speakingMs }) => [personId, groupId, speakingMs])).toEqual([
      ['PA1', 'PO1', 10_000],
      ['PA2', 'PO1', 5_000],
      ['PA3', null, 5_000],
    ]);
    expect(time.groups).toEqual([
      { groupId: 'PO1', speakingMs: 15_000, people: 2 },
      { groupId: null, speakingMs: 5_000, people: 1 },
    ]);
    expect(time).toMatchObject({ totalMs: 20_000, timedShare: 1 });
  });

  it('counts the chair apart, though it is the same person, and gives that person her own name', () => {
    const chair = person(1, { name: 'Mme la présidente', chair: true });
    const time = speakingTime([said([0, 10], chair), said([10, 14], person(1))], groupOf);
    expect(time.people).toEqual([
      {
        personId: 'PA1',
        name: 'Mme 1',
        groupId: 'PO1',
        speakingMs: 4_000,
        interruptingMs: 0,
        chairingMs: 10_000,
        turns: 1,
      },
    ]);
    expect(time.groups).toEqual([{ groupId: 'PO1', speakingMs: 4_000, people: 1 }]);
    expect(time.totalMs).toBe(14_000);
  });

  it('counts an interruption for who interrupts, without ending the turn of who has the floor', () => {
    const time = speakingTime(
      [said([0, 10], person(1)), said([10, 12], person(3), 'interruption'), said([12, 20], person(1))],
      groupOf,
    );
    expect(
      time.people.map(({ personId, speakingMs, interruptingMs, turns }) => [
        personId,
        speakingMs,
        interruptingMs,
        turns,
      ]),
    ).toEqual([
      ['PA1', 18_000, 0, 1],
      ['PA3', 2_000, 2_000, 0],
    ]);
  });

  it('counts two turns when somebody else had the floor in between, the chair included', () => {
    const chair = person(9, { name: 'M. le président', chair: true });
    const time = speakingTime([said([0, 1], person(1)), said([1, 2], chair), said([2, 3], person(1))], groupOf);
    expect(time.people.find(({ personId }) => personId === 'PA1')?.turns).toBe(2);
  });

  it('tells those in no directory apart by name, and counts the unnamed in the total only', () => {
    const nobody = { personId: null };
    const time = speakingTime(
      [
        said([0, 1], person(1, { ...nobody, name: 'M. A' })),
        said([1, 3], person(1, { ...nobody, name: 'M. B' })),
        said([3, 9], null),
      ],
      groupOf,
    );
    expect(time.people.map(({ name, personId, groupId, speakingMs }) => [name, personId, groupId, speakingMs])).toEqual(
      [
        ['M. B', null, null, 2_000],
        ['M. A', null, null, 1_000],
      ],
    );
    expect(time.totalMs).toBe(9_000);
  });

  it('counts neither headings nor stage directions, nor what the writers note of votes and suspensions', () => {
    const silent = [
      said([0, 9], person(1), 'stage-direction'),
      said([0, 9], null, 'heading'),
      said([0, 9], null, 'suspension'),
      said([0, 9], null, 'vote'),
    ];
    expect(speakingTime(silent, groupOf)).toEqual({ people: [], groups: [], totalMs: 0, timedShare: 1 });
  });

  it('says which share of the words it could time', () => {
    const time = speakingTime(
      [said([0, 10], person(1)), said(null, person(1)), said(null, person(3)), said(null, null)],
      groupOf,
    );
    expect(time.timedShare).toBe(0.25);
    expect(time.people.map(({ personId, speakingMs }) => [personId, speakingMs])).toEqual([
      ['PA1', 10_000],
      ['PA3', 0],
    ]);
  });

  it('gives a suspension to nobody: a whole sitting adds up to what was said', () => {
    const time = speakingTime(mergeCues(inventedRecord().paragraphs, [], null), () => null);
    expect(time.totalMs).toBeLessThan(120_000);
    expect(time.people.map(({ name }) => name)).toEqual([
      'M. Gaspard Lampe',
      'Mme Barbe Amarre',
      'Un député du groupe Marée basse',
      'Mme Solange Digue',
      'M. le président',
      'Mme la présidente',
    ]);
  });
});
