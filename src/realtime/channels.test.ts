import { describe, expect, it } from 'vitest';
import { channelOf, isChannel, needsAccount, topicOf, topicsOf } from './channels.ts';

describe('an event', () => {
  it.each([
    ['debate_created', 'debates', { debate_id: '19_a', state: 'ended' }, ['debates', 'debate:19_a']],
    ['debate_updated', 'debate:19_a', { debate_id: '19_a' }, ['debate:19_a', 'debates']],
    ['debate_updated', 'debates', { debate_id: '19_a', state: 'live' }, ['debates', 'debate:19_a', 'live']],
    ['debate_started', 'debates', { debate_id: '19_a', state: 'live' }, ['debates', 'debate:19_a', 'live']],
    ['debate_ended', 'debates', { debate_id: '19_a', state: 'ended' }, ['debates', 'debate:19_a', 'live']],
    ['extraction_progress', 'extractions', { debate_id: '19_a' }, ['extractions', 'debate:19_a']],
    ['extraction_failed', 'debate:19_a', { debate_id: '19_a' }, ['debate:19_a', 'extractions']],
    ['maintenance', 'system', {}, ['system']],
    ['favorite_added', 'user:u1', {}, ['user:u1']],
    ['debate_updated', 'debates', { debate_id: 7 }, ['debates']],
  ])('%s for %s with %j is news on its topics', (type, channel, data, topics) => {
    expect(topicsOf({ type, channel, data })).toEqual(topics);
  });
});

describe('a channel', () => {
  it.each([
    ['debates', true],
    ['live', true],
    ['debate:19502241_6ac548b948b27', true],
    ['debate:RUANR5L17S2027IDS30927', true],
    ['user', true],
    ['user:u1', false],
    ['debate:', false],
    [`debate:${'x'.repeat(101)}`, false],
    ['debate:a b', false],
    ['toString', false],
    ['', false],
  ])('%s may be named by a client: %s', (name, expected) => {
    expect(isChannel(name)).toBe(expected);
  });

  it('of one account is found under its id, which nobody is told', () => {
    expect([topicOf('user', 'u1'), topicOf('debates', 'u1')]).toEqual(['user:u1', 'debates']);
    expect([channelOf('user:u1'), channelOf('debate:x')]).toEqual(['user', 'debate:x']);
    expect([needsAccount('user'), needsAccount('live')]).toEqual([true, false]);
  });
});
