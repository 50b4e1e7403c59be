import { expect, it } from 'vitest';
import { asciiXml, escapeHtml, phpJson } from './escape.ts';

it('XML is ASCII with hexadecimal entities, as data.nvs is', () => {
  expect(asciiXml('2ème séance : « A & B » <br> l’été 🎧')).toBe(
    '2&#xE8;me s&#xE9;ance : &#xAB; A &amp; B &#xBB; &lt;br&gt; l&#x2019;&#xE9;t&#xE9; &#x1F3A7;',
  );
});

it('HTML keeps its letters and escapes apostrophes as PHP does', () => {
  expect(escapeHtml(`l'autorité "judiciaire" <b>`)).toBe('l&#039;autorité &quot;judiciaire&quot; &lt;b&gt;');
});

it('JSON has escaped slashes and \\u for all that is not ASCII, and still is that value', () => {
  const value = { url: '/19502241_6ac548b948b27', title: 'Séance 🎧' };
  expect(phpJson(value)).toBe(String.raw`{"url":"\/19502241_6ac548b948b27","title":"S\u00e9ance \ud83c\udfa7"}`);
  expect(JSON.parse(phpJson(value))).toEqual(value);
});
