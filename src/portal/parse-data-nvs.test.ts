import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fixture } from '../../tests/support/portal-fixtures.ts';
import { SAMPLES, sample } from '../../tests/support/samples.ts';
import { type Chapter, parseDataNvs } from './parse-data-nvs.ts';

const everyChapter = (chapters: readonly Chapter[]): Chapter[] =>
  chapters.flatMap((chapter) => [chapter, ...everyChapter(chapter.children)]);
const xml = (attributes: string, inside: string) =>
  Buffer.from(`<?xml version="1.0"?><data ${attributes}>${inside}</data>`);
const ID = 'interfaceuid="30100001_6ac548b9aa001"';
const DATE = '<metadatas><metadata name="date" value="1791314105"/></metadatas>';

describe('data.nvs', () => {
  test('numeric entities and escaped HTML become plain text', () => {
    const data = parseDataNvs(fixture('data-nvs/entities-and-typed-labels.nvs'));
    expect(data).toMatchObject({
      videoId: '30100001_6ac548b9aa001',
      mediaId: '30100001',
      status: 'vod',
      title: '2ème séance : Jardins partagés (suite)',
      description:
        '- Suite de la discussion de la proposition de loi relative aux jardins partagés\n- Proposition de loi "haies" & bocages',
      type: 'seance_publique',
      videoType: 'S',
      startsAt: new Date('2026-10-06T19:15:05Z'),
      place: 'Hémicycle',
      legislature: 17,
      session: 'Session ordinaire 2026-2027',
      meetingId: 'RUANR5L17S2027IDS99001',
      ordinal: 2,
      thumbnail: 'mediafiles://this/seances.jpg',
      commission: null,
    });
  });

  test('labels are cleaned, and kept as typed', () => {
    const [, speech, shared] = everyChapter(parseDataNvs(fixture('data-nvs/entities-and-typed-labels.nvs')).chapters);
    expect(speech).toMatchObject({ id: '302', label: 'M. Basile Quéau', typedLabel: ' M.Basile  Quéau ' });
    expect(shared?.label).toBe('Mme Odile Vannier et M. Gaspard Lhermitte');
  });

  test('the tree of chapters keeps its shape, kinds, theme and several speakers, each once', () => {
    const [root] = parseDataNvs(fixture('data-nvs/entities-and-typed-labels.nvs')).chapters;
    expect(root).toMatchObject({ type: { key: '23', value: 'Texte' }, theme: { key: '21', value: 'Environnement' } });
    expect(root?.children.map((chapter) => [chapter.id, chapter.speakerIds])).toEqual([
      ['302', ['401']],
      ['303', ['402', '403']],
      ['304', []],
    ]);
    expect(root?.children[2]?.children.map((chapter) => chapter.id)).toEqual(['305']);
  });

  test('outsiders have no number; who repeats an id or has none takes nobody’s name', () => {
    const data = parseDataNvs(fixture('data-nvs/hearing-with-outsiders.nvs'));
    expect(data.speakers.map(({ name, personId }) => [name, personId])).toEqual([
      ['Mme Odile Vannier', null],
      ['M. Ange Corso', null],
      ['La présidence', null],
      ['Tous', null],
      ['M. Basile Quéau', 'PA999001'],
    ]);
    expect(data).toMatchObject({
      type: 'audition',
      commission: 'Commission du développement durable',
      reportUrl: null,
    });
    expect(data.files.has('audio')).toBe(false);
  });

  test('a sitting on the air has its live stream and no sound file yet', () => {
    const data = parseDataNvs(fixture('data-nvs/live-before-audio.nvs'));
    expect(data.status).toBe('live');
    expect([...data.files.keys()]).toEqual(['live']);
    expect(data.storyboard).toEqual([]);
  });

  test('questions au gouvernement share the meeting of the sitting they were cut from', () => {
    expect(parseDataNvs(fixture('data-nvs/questions-share-the-meeting.nvs'))).toMatchObject({
      type: 'question_gouvernement',
      meetingId: 'RUANR5L17S2027IDS99001',
      session: null,
    });
  });

  test('an unknown type of video is kept raw', () => {
    expect(parseDataNvs(fixture('data-nvs/unknown-video-type.nvs'))).toMatchObject({ type: 'autre', videoType: 'EV' });
  });

  test('the storyboard drifts off the minute, and names nothing outside its folder', () => {
    const { storyboard } = parseDataNvs(fixture('data-nvs/storyboard-drifts.nvs'));
    expect(storyboard.map(({ seconds }) => seconds)).toEqual([0, 60, 120, 8160, 8221, 8281, 10021]);
  });

  test('without its date, the start is read in the name of a file, in Paris time', () => {
    const { startsAt } = parseDataNvs(fixture('data-nvs/no-date-but-a-stamped-file.nvs'));
    expect(startsAt).toEqual(new Date('2026-10-06T12:15:00Z'));
  });

  test('every optional part may be absent', () => {
    expect(parseDataNvs(fixture('data-nvs/nothing-but-the-title.nvs'))).toMatchObject({
      title: 'Réunion',
      status: null,
      type: 'autre',
      videoType: null,
      chapters: [],
      speakers: [],
      meetingId: null,
    });
  });

  const nested = (depth: number) =>
    `<chapters>${Array.from({ length: depth }, (_, i) => `<chapter id="${i}" label="x">`).join('')}${'</chapter>'.repeat(depth)}</chapters>`;

  test('fifty chapters may stand inside each other', () => {
    expect(everyChapter(parseDataNvs(xml(ID, DATE + nested(50))).chapters)).toHaveLength(50);
  });

  test.each([
    ['chapters nested too deep', xml(ID, DATE + nested(51))],
    ['tags nested without end', xml(ID, '<x>'.repeat(100_000))],
    ['cut in the middle', fixture('data-nvs/entities-and-typed-labels.nvs').subarray(0, 900)],
    ['two chapters with one id', xml(ID, `${DATE}<chapters><chapter id="1"/><chapter id="1"/></chapters>`)],
    ['a chapter without id', xml(ID, `${DATE}<chapters><chapter label="x"/></chapters>`)],
    ['no start at all', xml(ID, '')],
    ['a start in the far future', xml(ID, '<metadatas><metadata name="date" value="99999999999"/></metadatas>')],
    ['no id', xml('', DATE)],
    ['an id that climbs', xml('interfaceuid="../../../etc/passwd"', DATE)],
    ['another root', Buffer.from(`<datas ${ID}>${DATE}</datas>`)],
    ['nothing', Buffer.alloc(0)],
    ['entities that multiply', Buffer.from('<!DOCTYPE data [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><data>&b;</data>')],
  ])('refuses with portal/malformed: %s', (_case, bytes) => {
    expect(() => parseDataNvs(bytes)).toThrowError(expect.objectContaining({ code: 'portal/malformed' }));
  });

  test('a web page in its place is named as such', () => {
    expect(() => parseDataNvs(fixture('html-instead.html'))).toThrowError(
      expect.objectContaining({ code: 'portal/html-instead', params: { document: 'data.nvs' } }),
    );
  });
});

describe.skipIf(SAMPLES === null)('the real data.nvs of 6 October 2026', () => {
  const read = () => parseDataNvs(readFileSync(sample('data-nvs/19502241_6ac548b948b27.data.nvs')));

  test('gives the facts of the sitting', () => {
    const data = read();
    expect(data).toMatchObject({
      videoId: '19502241_6ac548b948b27',
      status: 'vod',
      type: 'seance_publique',
      legislature: 17,
      session: 'Session ordinaire 2026-2027',
      meetingId: 'RUANR5L17S2027IDS30927',
      startsAt: new Date('2026-10-06T21:15:05+02:00'),
      place: 'Hémicycle',
      ordinal: 2,
      reportUrl: 'https://www.assemblee-nationale.fr/dyn/17/comptes-rendus/seance/CRSANR5L17S2027O1N010',
    });
    expect(data.files.get('audio')).toMatch(/\/2026\/10\/hemi_20261006211505\.mp3$/);
  });

  test('has 26 chapters of which 13 name a speaker, and 43 speakers who all have a number', () => {
    const data = read();
    const chapters = everyChapter(data.chapters);
    expect(chapters).toHaveLength(26);
    expect(chapters.filter(({ speakerIds }) => speakerIds.length > 0)).toHaveLength(13);
    expect(data.speakers).toHaveLength(43);
    expect(data.speakers.every(({ personId }) => personId !== null)).toBe(true);
    const known = new Set(data.speakers.map(({ id }) => id));
    expect(chapters.flatMap(({ speakerIds }) => speakerIds).every((id) => known.has(id))).toBe(true);
  });

  test('has a storyboard to its last minute', () => {
    expect(read().storyboard.at(-1)?.seconds).toBe(10_021);
  });
});
