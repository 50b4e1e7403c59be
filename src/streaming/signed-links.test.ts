import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../tests/support/manual-clock.ts';
import { createSignedLinks, type LinkedFile } from './signed-links.ts';

const file: LinkedFile = { sha256: 'ab'.repeat(32), format: 'mp3', name: '2026-10-06 séance.mp3' };
const hour = 3_600_000;

function linksAt(start: string, secret = 'a secret of this installation') {
  const clock = createManualClock(start);
  return { clock, links: createSignedLinks({ secret, publicUrl: 'https://robian.example', clock }) };
}

/** What a server reads from an address that it gave. */
function parse(url: string) {
  const { pathname, searchParams } = new URL(url);
  const [sha256 = ''] = pathname.slice('/files/'.length).split('.');
  return {
    sha256,
    format: 'mp3' as const,
    name: searchParams.get('name') ?? '',
    expires: Number(searchParams.get('expires')),
    signature: searchParams.get('signature') ?? '',
  };
}

describe('a signed link', () => {
  const { clock, links } = linksAt('2026-10-07T08:00:00Z');
  const issued = links.issue(file);
  const link = parse(issued.url);

  it('is under our address, names the file and its end', () => {
    expect(issued.url).toMatch(
      /^https:\/\/robian\.example\/files\/(ab){32}\.mp3\?expires=\d+&signature=[\w-]{43}&name=2026-10-06\+s%C3%A9ance\.mp3$/,
    );
    expect(issued.expiresAt).toEqual(new Date('2026-10-07T14:00:00Z'));
  });

  it('holds for six hours, in every process with the same secret', () => {
    expect(links.check(link)).toBe('valid');
    const other = linksAt('2026-10-07T13:59:59Z');
    expect(other.links.check(link)).toBe('valid');
    other.clock.advance(1_000);
    expect(other.links.check(link)).toBe('expired');
    expect(clock.now()).toEqual(new Date('2026-10-07T08:00:00Z'));
  });

  it.each([
    ['another file', { sha256: 'cd'.repeat(32) }],
    ['another format', { format: 'm4a' as const }],
    ['another name', { name: 'other.mp3' }],
    ['a later end', { expires: link.expires + hour }],
    ['no signature', { signature: '' }],
    ['half a signature', { signature: link.signature.slice(0, 20) }],
    ['another signature', { signature: 'A'.repeat(43) }],
  ])('is invalid with %s', (_name, change) => {
    expect(links.check({ ...link, ...change })).toBe('invalid');
  });

  it('is invalid under another secret', () => {
    expect(linksAt('2026-10-07T08:00:00Z', 'another secret').links.check(link)).toBe('invalid');
  });
});
