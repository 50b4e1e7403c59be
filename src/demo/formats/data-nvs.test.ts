import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filmed } from '../../../tests/support/demo-sittings.ts';
import { SAMPLES, sample } from '../../../tests/support/samples.ts';
import { renderDataNvs } from './data-nvs.ts';

const ORIGIN = 'http://replay.test';
const plenary = filmed('petites rivières');

describe('data.nvs', () => {
  it('is ASCII, names no encoding, and escapes HTML in its attributes', () => {
    const text = renderDataNvs(plenary, ORIGIN);
    expect(text).toMatch(/^<\?xml version="1\.0"\?>\n<data id="99000100"/);
    expect(text).not.toMatch(/\P{ASCII}/u);
    expect(text).toContain('mediatitle="1&#xE8;re s&#xE9;ance : ');
    expect(text).toContain('petites rivi&#xE8;res&lt;br&gt;"');
  });

  it('gives chapters no time', () => {
    expect(renderDataNvs(plenary, ORIGIN)).not.toMatch(/timecode|time=/);
  });

  it('keeps the labels as carelessly as they were typed', () => {
    expect(renderDataNvs(plenary, ORIGIN)).toContain('label="M.Bastien Corvoisier "');
  });

  it('names files by the name and machine that only the portal understands', () => {
    const { base } = plenary.recording;
    const text = renderDataNvs(plenary, ORIGIN);
    expect(text).toContain(`title="audio" url="serverfiles://data9/domain1/${base}.mp3"`);
    expect(text).toContain(`title="source" url="serverfiles://data9/domain1/${base}_1.mp4"`);
    expect(text).toContain(`title="live" url="${ORIGIN}/live/live36/index36_${plenary.mediaId}.m3u8?DVR"`);
  });

  it('does not name the MP3 before there is one', () => {
    const text = renderDataNvs(filmed('littoral'), ORIGIN);
    expect(text).toContain('title="source"');
    expect(text).not.toContain('title="audio"');
  });

  it('has only the live file and no storyboard while live', () => {
    const text = renderDataNvs(filmed('jeunes agriculteurs'), ORIGIN);
    expect(text).toContain(' status="live" ');
    expect(text.match(/<file /g)).toHaveLength(1);
    expect(text).toContain('<thumbnails/>');
  });

  it('tells the sitting and its record for a plenary, the commission for a commission', () => {
    expect(renderDataNvs(plenary, ORIGIN)).toContain(
      '<metadata name="report" value="http://replay.test/dyn/17/comptes-rendus/seance/CRSANR5L17S2027O1N012"/>',
    );
    expect(renderDataNvs(plenary, ORIGIN)).toContain(
      '<metadata name="legislature" value="17" label="XVIIe l&#xE9;gislature"/>',
    );
    const text = renderDataNvs(filmed('Audition'), ORIGIN);
    expect(text).toContain('name="commission"');
    expect(text).not.toMatch(/name="(?:seance|quantieme|report)"/);
  });

  it('leaves the number of a guest from outside empty', () => {
    expect(renderDataNvs(filmed('Audition'), ORIGIN)).toMatch(/Montaudouin<\/name>\n\s+<role>.*<\/role>\n\s+<url\/>/);
  });

  it.skipIf(SAMPLES === null)('has no element, attribute or metadata that the real file has not', () => {
    const words = (xml: string) => {
      const names = [...xml.matchAll(/<(\w+)((?:\s[\w-]+="[^"]*")*)\s*\/?>/g)].flatMap(
        ([, element, attributes = '']) => [
          element,
          ...[...attributes.matchAll(/\s([\w-]+)=/g)].map(([, attribute]) => `${element}@${attribute}`),
        ],
      );
      const metadata = [...xml.matchAll(/<metadata name="([^"]+)"/g)].map(([, name]) => `metadata:${name}`);
      return new Set([...names, ...metadata]);
    };
    const real = words(readFileSync(sample('data-nvs/19502241_6ac548b948b27.data.nvs'), 'latin1'));
    const ours = words(renderDataNvs(plenary, ORIGIN));
    expect([...ours].filter((word) => !real.has(word ?? ''))).toEqual([]);
  });
});
