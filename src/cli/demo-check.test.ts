import { createServer } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SITTINGS } from '../../tests/support/demo-sittings.ts';
import { createReplay, type FilmedSitting, type Replay } from '../demo/index.ts';
import { checkPlayback } from './demo-check.ts';

const sitting = SITTINGS.find(
  (one): one is FilmedSitting => one.state === 'vod' && one.recording.mp3File !== null,
) as FilmedSitting;
const mp3 = `/vod/mp4/ida/domain1/${sitting.recording.base}.mp3`;

let origin: Replay;
beforeEach(async () => {
  origin = await createReplay({ sittings: SITTINGS });
});
afterEach(() => origin.close());

test('it sees wrong bytes, missing ranges and a server that is no more than a proxy of the portal', async () => {
  // Something that answers at the product's addresses, with other bytes and no ranges.
  const server = createServer(async (request, response) => {
    if (request.url?.endsWith('/download')) {
      response.end(JSON.stringify({ url: `${origin.url}${mp3}`, sha256: null }));
      return;
    }
    const bytes = Buffer.from(await (await fetch(`${origin.url}${mp3}`)).arrayBuffer());
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    response.end(bytes);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const signal = new AbortController().signal;
  try {
    const checks = await checkPlayback({ address: `http://127.0.0.1:${port}`, replay: origin, sitting, signal });
    const problems = Object.fromEntries(checks.map(({ name, problem }) => [name, problem]));
    expect(problems).toMatchObject({
      'the whole': 'other bytes than published',
      'a range': '200 instead of 206',
      'the last bytes': '200 instead of 206',
      'a refusal beyond its end': '200 instead of 416',
      'a download by signed link': expect.stringContaining('sha256 null'),
      'nothing asked of the portal for it': 'it was fetched again',
    });
  } finally {
    await new Promise((closed) => server.close(closed));
  }
});
