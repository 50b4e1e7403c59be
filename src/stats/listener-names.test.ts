import { createHmac } from 'node:crypto';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../tests/support/manual-clock.ts';
import { type Asked, createListenerNames } from './listener-names.ts';

const asked = (ip: string, agent: string, socket: Socket | null = null): Asked => ({
  ip,
  headers: { 'user-agent': agent },
  raw: { socket },
});

describe('the name of a listener', () => {
  const clock = createManualClock('2026-11-22T12:00:00Z');
  const names = createListenerNames({ secret: 'one', clock });
  const nameOf = (...args: Parameters<typeof asked>): string => names.ofRequest(asked(...args)).listener;

  it('says nothing of address and program, and is the same in every process of the installation', () => {
    const name = nameOf('192.0.2.7', 'Robian/1');
    expect(name).toMatch(/^[\w-]{22}$/);
    expect(createListenerNames({ secret: 'one', clock }).ofRequest(asked('192.0.2.7', 'Robian/1')).listener).toBe(name);
    expect(createListenerNames({ secret: 'two', clock }).ofRequest(asked('192.0.2.7', 'Robian/1')).listener).not.toBe(
      name,
    );
  });

  it('is an HMAC-SHA-256 with the key of the day', () => {
    const key = createHmac('sha256', 'one').update('listeners of day 20779').digest();
    const network = createHmac('sha256', key).update('network 192.0.2.7').digest('base64url').slice(0, 22);
    expect(names.ofRequest(asked('192.0.2.7', 'é')).network).toBe(network);
  });

  it('tells programs and addresses apart, but not the addresses of one subscriber', () => {
    expect(nameOf('192.0.2.7', 'a')).not.toBe(nameOf('192.0.2.7', 'b'));
    expect(nameOf('192.0.2.7', 'a')).not.toBe(nameOf('192.0.2.8', 'a'));
    expect(nameOf('2001:db8::1', 'a')).toBe(nameOf('2001:db8::ffff', 'a'));
    expect(names.ofRequest(asked('192.0.2.7', 'a')).network).toBe(names.ofRequest(asked('192.0.2.7', 'b')).network);
  });

  it('of an account is one on every device', () => {
    const phone = names.ofAccount('account', asked('192.0.2.7', 'a'));
    const tablet = names.ofAccount('account', asked('198.51.100.1', 'b'));
    expect(phone.listener).toBe(tablet.listener);
    expect(phone.network).not.toBe(tablet.network);
  });

  it('belongs to the request, not to the connection it came by', () => {
    const proxy = new Socket();
    const one = nameOf('192.0.2.7', 'a', proxy);
    expect(nameOf('192.0.2.8', 'a', proxy)).not.toBe(one);
    expect(nameOf('192.0.2.7', 'a', proxy)).toBe(one);
  });

  it('is another one the next day', () => {
    const socket = new Socket();
    const today = nameOf('192.0.2.7', 'a', socket);
    clock.advance(86_400_000);
    expect(nameOf('192.0.2.7', 'a', socket)).not.toBe(today);
  });
});
