import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiName, downloadName } from './file-name.ts';

const day = '2026-10-06';
const name = (title: string): string => downloadName({ day, title }, 'mp3');

describe('the name of a download', () => {
  it.each([
    ['2ème séance : Réponse intégrale aux violences…', '2026-10-06 2ème séance - Réponse intégrale aux violences….mp3'],
    ['Commission des lois', '2026-10-06 Commission des lois.mp3'],
    ['  Deux\r\n  lignes\t', '2026-10-06 Deux lignes.mp3'],
    ['Audition de « M. X » / "Mme Y"', "2026-10-06 Audition de ' M. X ' - 'Mme Y'.mp3"],
    ['a<b>c:d|e\\f?g*h', '2026-10-06 a-b-c-d-e-f g h.mp3'],
    ['../../etc/passwd', '2026-10-06 etc-passwd.mp3'],
    ['Se termine par un point.', '2026-10-06 Se termine par un point.mp3'],
    ['nul\u0000 et \u202Eesrever', '2026-10-06 nul et esrever.mp3'],
    ['???', '2026-10-06.mp3'],
    ['', '2026-10-06.mp3'],
    ['e\u0301te\u0301', '2026-10-06 été.mp3'],
  ])('%j is %j', (title, expected) => {
    expect(name(title)).toBe(expected);
  });

  it('is cut at a word, and says so', () => {
    const long = name(`Première séance : ${'proposition de loi relative à l’égalité '.repeat(6)}`);
    expect(long).toBe(
      '2026-10-06 Première séance - proposition de loi relative à l’égalité proposition de loi relative à l’égalité proposition de loi….mp3',
    );
  });

  it('never cuts a character that readers see as one', () => {
    const family = '👩‍👩‍👧‍👦';
    const cut = name(`x${family.repeat(20)}`);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(150);
    expect(cut).toMatch(/^2026-10-06 x(👩.*)?….mp3$/u);
    expect(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(cut))).toBe(cut);
  });

  it('is allowed everywhere, whatever the title', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (title) => {
        const made = name(title);
        expect(Buffer.byteLength(made)).toBeLessThanOrEqual(150);
        expect(made).toMatch(/^2026-10-06.*\.mp3$/u);
        expect(made).not.toMatch(/[<>:"/\\|?*\p{Cc}]/u);
        expect(made).not.toMatch(/[ .]\.mp3$/);
        expect(asciiName(made)).toMatch(/^[\x20-\x7e]+$/);
      }),
    );
  });

  it('has a form in ASCII', () => {
    expect(asciiName('2026-10-06 2ème séance - l’œuvre….mp3')).toBe('2026-10-06 2eme seance - l__uvre....mp3');
  });
});
