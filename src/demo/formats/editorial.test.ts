import { expect, it } from 'vitest';
import { filmed, NOW, SITTINGS } from '../../../tests/support/demo-sittings.ts';
import { renderEditorial } from './editorial.ts';

const diffusions = (xml: string) => xml.split('<diffusion ').slice(1);
const field = (xml: string | undefined, name: string) => new RegExp(`<${name}>(.*)</${name}>`).exec(xml ?? '')?.[1];

it("announces today's meetings, those without a film too, in their order", () => {
  const xml = renderEditorial(SITTINGS, NOW.getTime());
  expect(field(xml, 'titre')).toBe('Jeudi 8 octobre 2026');
  const [live, announced, ...others] = diffusions(xml);
  expect(others).toEqual([]);
  expect(field(live, 'libelle_court')).toBe('AN');
  expect(field(live, 'uid_referentiel')).toBe(filmed('jeunes agriculteurs').meetingId);
  expect(field(live, 'flux')).toBe('36');
  expect(field(announced, 'heure')).toBe('1700');
  expect(field(announced, 'id_organe')).toBe('419865');
  expect(field(announced, 'sujet')).toContain('montagne : gardiens, communes et associations&lt;br&gt;');
});

it('has no diffusion at all on an empty day', () => {
  expect(diffusions(renderEditorial([], NOW.getTime()))).toEqual([]);
});

it('keeps what begins before six in the programme of the evening before', () => {
  const late = { ...filmed('petites rivières'), startsAtMs: Date.parse('2026-10-07T01:30:00+02:00') };
  const evening = renderEditorial([late], Date.parse('2026-10-06T22:00:00+02:00'));
  expect(field(evening, 'titre')).toBe('Mardi 6 octobre 2026');
  expect(field(diffusions(evening)[0], 'heure')).toBe('0130');
  expect(diffusions(renderEditorial([late], Date.parse('2026-10-07T09:00:00+02:00')))).toEqual([]);
});

it('names a meeting once, though it has two films', () => {
  const xml = renderEditorial(SITTINGS, Date.parse('2026-10-06T12:00:00+02:00'));
  const meetings = diffusions(xml).map((diffusion) => field(diffusion, 'uid_referentiel'));
  expect(filmed('petites rivières').meetingId).toBe(filmed('Questions au Gouvernement').meetingId);
  expect(meetings).toHaveLength(2);
  expect(new Set(meetings).size).toBe(2);
});
