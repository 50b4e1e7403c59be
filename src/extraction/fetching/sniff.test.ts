import { describe, expect, it } from 'vitest';
import { syntheticMp3 } from '../../../tests/support/synthetic-mp3.ts';
import { sniffBytes, sniffContentType } from './sniff.ts';

describe('what a server sent in place of the sound', () => {
  it.each([
    ['text/html; charset=utf-8', 'html'],
    ['application/xhtml+xml', 'html'],
    ['application/json', 'text'],
    ['text/xml', 'text'],
    ['text/plain', null],
    ['audio/mpeg', null],
    ['application/octet-stream', null],
    [undefined, null],
  ])('declared %s is %s', (type, found) => {
    expect(sniffContentType(type)).toBe(found);
  });

  it.each([
    ['a page', Buffer.from('\n <!DOCTYPE HTML><html>'), 'html'],
    ['a page with a byte order mark', Buffer.from('\ufeff<html>'), 'html'],
    ['an XML error', Buffer.from('<?xml version="1.0"?><Error/>'), 'html'],
    ['an unknown tag', Buffer.from('<Error/>'), 'text'],
    ['a playlist', Buffer.from('#EXTM3U\n'), 'text'],
    ['an error object', Buffer.from('{"error":1}'), 'text'],
    ['nothing', Buffer.alloc(0), 'nothing'],
    ['zeros', Buffer.alloc(4096), 'unknown data'],
    ['a reserved layer', Buffer.from([0xff, 0xf9, 0x94, 0]), 'unknown data'],
    ['ID3', Buffer.from('ID3\x04'), null],
    ['frames', syntheticMp3(0, 4096), null],
    ['frames after some garbage', syntheticMp3(100, 4096), null],
  ])('MP3: %s', (_name, bytes, found) => {
    expect(sniffBytes(bytes, 'mp3')).toBe(found);
  });

  it('MP4 begins with a box that may come first', () => {
    expect(sniffBytes(Buffer.from('\0\0\0\x18ftypmp42'), 'mp4')).toBeNull();
    expect(sniffBytes(syntheticMp3(0, 4096), 'mp4')).toBe('unknown data');
  });
});
