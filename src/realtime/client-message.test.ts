import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readClientMessage } from './client-message.ts';

describe('a message of a client', () => {
  it.each([
    ['{"type":"ping"}', { type: 'ping' }],
    ['{"type":"subscribe","channel":"debates"}', { type: 'subscribe', channel: 'debates', after: null, token: null }],
    [
      '{"type":"subscribe","channel":"user","after":12,"token":"abc"}',
      { type: 'subscribe', channel: 'user', after: 12, token: 'abc' },
    ],
    ['{"type":"unsubscribe","channel":"debate:19_a"}', { type: 'unsubscribe', channel: 'debate:19_a' }],
    ['{"type":"subscribe","channel":"opera"}', { fault: 'unknown-channel', channel: 'opera' }],
    ['{"type":"subscribe","channel":"__proto__"}', { fault: 'unknown-channel', channel: '__proto__' }],
    ['{"type":"subscribe"}', { fault: 'bad-message' }],
    ['{"type":"subscribe","channel":"debates","after":-1}', { fault: 'bad-message' }],
    ['{"type":"subscribe","channel":"debates","after":1.5}', { fault: 'bad-message' }],
    ['{"type":"subscribe","channel":"debates","after":"12"}', { fault: 'bad-message' }],
    ['{"type":"subscribe","channel":"debates","surprise":1}', { fault: 'bad-message' }],
    [`{"type":"subscribe","channel":"user","token":"${'x'.repeat(5_000)}"}`, { fault: 'bad-message' }],
    ['{"type":"publish","channel":"debates"}', { fault: 'bad-message' }],
    ['[]', { fault: 'bad-message' }],
    ['null', { fault: 'bad-message' }],
    ['{', { fault: 'bad-message' }],
  ])('%s is read', (text, expected) => {
    expect(readClientMessage(text)).toEqual(expected);
  });

  it('never breaks the reader, whatever it is', () => {
    const known = ['ping', 'subscribe', 'unsubscribe'];
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const read = readClientMessage(text);
        expect('fault' in read || known.includes(read.type)).toBe(true);
      }),
    );
  });
});
