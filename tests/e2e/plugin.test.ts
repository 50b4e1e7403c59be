import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { readRecording } from '../../src/demo/index.ts';
import { openLoopback } from '../support/loopback.ts';
import { robian, startRobianProcess } from '../support/robian-process.ts';
import { askForSound, openStage, soundOf, untilStatus } from '../support/stage.ts';

// The product is started four times, and a start takes up to thirty seconds when the machine is very busy.
vi.setConfig({ testTimeout: 240_000 });

const EXAMPLES = new URL('../../examples/plugins', import.meta.url).pathname;
const RECORDING = readRecording('audition-bibliotheques.mp3');
const ITEM_ID = 'https://radio.example/items/1';

interface Body {
  id: string;
  title: string;
  source: string;
  speakers: { name: string }[];
  attribution: { name: string };
}

test('the recordings of the example plugin are listed, extracted and played; a broken plugin beside it stops nothing', async () => {
  await using stage = await openStage();
  const radio = await openLoopback();
  const broken = mkdtempSync(join(tmpdir(), 'robian-broken-'));
  try {
    const today = new Date().toISOString();
    radio.answers.set('/son.mp3', { headers: { 'content-type': 'audio/mpeg' }, body: RECORDING });
    const items = [
      {
        id: ITEM_ID,
        url: `${radio.url}/1`,
        title: 'Audition sur les bibliothèques',
        date_published: today,
        authors: [{ name: 'Mme Aurore Delcambre' }],
        attachments: [{ url: `${radio.url}/son.mp3`, mime_type: 'audio/mpeg' }],
      },
      {
        id: 'elsewhere',
        url: 'https://evil.example/2',
        title: 'D’ailleurs',
        date_published: today,
        attachments: [{ url: 'http://169.254.169.254/x.mp3', mime_type: 'audio/mpeg' }],
      },
    ];
    radio.answers.set('/feed.json', { body: JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', items }) });
    const environment = {
      ...stage.environment,
      PLUGINS_DIR: EXAMPLES,
      // A host of the configuration may be at a private address; those that plugins name may not.
      MEDIA_URL: radio.url,
      PLUGIN_JSON_FEED_URL: `${radio.url}/feed.json`,
    };
    const first = await robian(['ingest', ...stage.days, '--json'], environment);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(first.stdout)).toMatchObject({
      failed: [],
      rejected: [{ entry: expect.stringContaining('evil.example'), reason: expect.stringContaining('hosts') }],
    });
    const again = JSON.parse((await robian(['ingest', ...stage.days, '--json'], environment)).stdout);
    expect(again).toMatchObject({ created: 0, updated: 0, failed: [] });

    const service = await startRobianProcess(['start'], environment);
    await service.ready();
    const id = `json-feed_${createHash('sha256').update(ITEM_ID).digest('hex').slice(0, 20)}`;
    const listed = (await (await fetch(`${service.address}/api/debates/?per_page=100`)).json()) as Body[];
    expect(listed.find((debate) => debate.id === id)).toMatchObject({
      title: 'Audition sur les bibliothèques',
      source: 'json-feed',
      speakers: [{ name: 'Mme Aurore Delcambre' }],
      attribution: { name: new URL(radio.url).host },
    });
    expect(listed.length, 'the portal is ingested beside it').toBeGreaterThan(1);
    expect(await askForSound(service.address, id)).toBe(202);
    await untilStatus(service.address, id, 'completed');
    expect((await soundOf(service.address, id)).equals(RECORDING)).toBe(true);
    service.kill('SIGTERM');
    expect((await service.exit).code).toBe(0);

    writeFileSync(join(broken, 'broken.mjs'), 'for (;;);');
    const beside = await startRobianProcess(['start'], { ...stage.environment, PLUGINS_DIR: broken });
    await beside.ready();
    expect(beside.log()).toContainEqual(expect.objectContaining({ plugin: 'broken', level: 'error' }));
    expect((await soundOf(beside.address, id)).equals(RECORDING), 'what a plugin brought stays').toBe(true);
  } finally {
    await radio.close();
    rmSync(broken, { recursive: true, force: true });
  }
});

test('a folder of plugins that cannot be read is a wrong setting', async () => {
  const { code, stderr } = await robian(['migrate'], { PLUGINS_DIR: '/nonexistent/plugins' });
  expect(code).toBe(78);
  expect(stderr).toContain('PLUGINS_DIR: expected a folder that can be read');
});
