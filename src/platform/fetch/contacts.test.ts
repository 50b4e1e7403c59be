import { expect, it } from 'vitest';
import { createManualClock } from '../../../tests/support/manual-clock.ts';
import { createContacts } from './index.ts';

const contact = (origin: string, outcome: 'answered' | 'aborted' | 'timeout' | 'status' | 'rate-limited') => ({
  origin,
  outcome,
  durationSeconds: 0.1,
});

it('a service was reached when it last answered, whatever it said; who stopped waiting says nothing', () => {
  const clock = createManualClock('2026-10-08T12:00:00Z');
  const contacts = createContacts({ portal: 'https://portal.example/x', media: 'http://media.example:81' }, clock);
  expect(contacts.of('portal')).toEqual({ answeredAt: null, lastOutcome: null });
  expect(contacts.note(contact('https://portal.example', 'answered'))).toBe('portal');
  const reached = { answeredAt: new Date('2026-10-08T12:00:00Z'), lastOutcome: 'answered' };
  expect(contacts.of('portal')).toEqual(reached);
  clock.advance(60_000);
  contacts.note(contact('https://portal.example', 'aborted'));
  expect(contacts.of('portal')).toEqual(reached);
  contacts.note(contact('https://portal.example', 'timeout'));
  expect(contacts.of('portal')).toEqual({ ...reached, lastOutcome: 'timeout' });
  contacts.note(contact('https://portal.example', 'rate-limited'));
  expect(contacts.of('portal')).toEqual({ answeredAt: clock.now(), lastOutcome: 'rate-limited' });
  expect(contacts.note(contact('http://media.example:81', 'status'))).toBe('media');
  expect(contacts.note(contact('http://media.example', 'status'))).toBe('other');
});

it('of services on one origin the first counts', () => {
  const contacts = createContacts(
    { portal: 'http://here.example', site: 'http://here.example' },
    { now: () => new Date(0) },
  );
  expect(contacts.note(contact('http://here.example', 'answered'))).toBe('portal');
});
