import { describe, expect, it } from 'vitest';
import type { Debate } from '../debates/index.ts';
import type { EventRecord } from '../platform/events/index.ts';
import type { AudioFile } from '../vault/index.ts';
import { createPlayables } from './playables.ts';

async function open() {
  const asked: string[] = [];
  let listener: (event: EventRecord) => unknown = () => undefined;
  let whileReading = (): unknown => undefined;
  const playables = await createPlayables({
    debates: {
      get: async (id) => {
        asked.push(id);
        if (id === 'absent') throw new Error('debates/not-found');
        return { id: 'debate', pageUrl: id === 'bad' ? 'not an address' : 'https://portal.example/vidéo' } as Debate;
      },
    },
    vault: {
      readyFiles: async ([id = '']) => {
        whileReading();
        return new Map([[id, [{ id: 'file' } as AudioFile]]]);
      },
    },
    events: {
      subscribe: async (given) => {
        listener = given;
        return () => asked.push('unsubscribed');
      },
    },
  });
  const tell = (data: Record<string, unknown>) =>
    listener({ id: 1, type: 'any', channel: 'debates', data, createdAt: new Date(0) });
  return { playables, asked, tell, during: (work: () => unknown) => (whileReading = work) };
}

describe('what can be played', () => {
  it('is read once, with the link that attribution asks for', async () => {
    const { playables, asked } = await open();
    const first = await playables.get('debate');
    expect(first).toMatchObject({ debate: { id: 'debate' }, files: [{ id: 'file' }] });
    expect(first.originalLink).toBe('<https://portal.example/vid%C3%A9o>; rel="canonical"');
    expect(await playables.get('debate')).toBe(first);
    expect(asked).toEqual(['debate']);
    expect((await playables.get('bad')).originalLink).toBeNull();
  });

  it('is read again as soon as an event names the debate, under all its names', async () => {
    const { playables, asked, tell } = await open();
    await playables.get('debate');
    await playables.get('alias');
    tell({ debate_id: 'another' });
    tell({ channel: 'without a debate' });
    await playables.get('debate');
    expect(asked).toEqual(['debate', 'alias']);
    tell({ debate_id: 'debate' });
    await playables.get('debate');
    await playables.get('alias');
    expect(asked).toEqual(['debate', 'alias', 'debate', 'alias']);
  });

  it('is not kept when something changed while it was being read', async () => {
    const { playables, asked, tell, during } = await open();
    during(() => tell({ debate_id: 'debate' }));
    await playables.get('debate');
    during(() => undefined);
    await playables.get('debate');
    expect(asked).toEqual(['debate', 'debate']);
  });

  it('of an unknown debate is asked each time, so that it is found as soon as it exists', async () => {
    const { playables, asked } = await open();
    await expect(playables.get('absent')).rejects.toThrow('not-found');
    await expect(playables.get('absent')).rejects.toThrow('not-found');
    playables.close();
    expect(asked).toEqual(['absent', 'absent', 'unsubscribed']);
  });
});
