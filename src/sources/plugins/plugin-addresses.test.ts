import { expect, test } from 'vitest';
import { isAllowedHost } from './plugin-addresses.ts';

const HOSTS = ['radio.example', 'media.example:8443', '*.cdn.example'];

test.each([
  ['https://radio.example/a.mp3', true],
  ['http://RADIO.example/a.mp3', true],
  ['https://radio.example:443/a.mp3', true],
  ['https://media.example:8443/a.mp3', true],
  ['https://eu.cdn.example/a.mp3', true],
  ['https://radio.example:8080/a.mp3', false],
  ['https://media.example/a.mp3', false],
  ['https://cdn.example/a.mp3', false],
  ['https://eu.cdn.example:9000/a.mp3', false],
  ['https://evilcdn.example/a.mp3', false],
  ['https://radio.example.evil.example/', false],
  ['https://radio.example@evil.example/', false],
  ['https://user:secret@radio.example/', false],
  ['http://169.254.169.254/latest/meta-data', false],
  ['http://[::ffff:127.0.0.1]/', false],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['//radio.example/a.mp3', false],
  ['', false],
])('%j may be fetched on the plugin’s word: %s', (url, allowed) => {
  expect(isAllowedHost(url, HOSTS)).toBe(allowed);
});
