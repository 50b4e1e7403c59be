import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHouseFor } from '../scripts/openapi.ts';
import { createApp } from '../src/app.ts';
import type { House } from '../src/house.ts';
import type { App } from '../src/platform/http/index.ts';
import { type Installation, makeInstallation } from './support/installation.ts';
import { openLoopback } from './support/loopback.ts';

const CHROMIUM = process.env.CHROMIUM_PATH ?? 'chromium';
const hasChromium = spawnSync(CHROMIUM, ['--version'], { stdio: 'ignore' }).status === 0;

let installation: Installation;
let house: House;
let app: App;
let base: string;

beforeAll(async () => {
  installation = await makeInstallation();
  house = await openHouseFor(installation.environment);
  app = await createApp(house, { isDraining: () => false });
  base = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  app.server.closeAllConnections();
  await app.close();
  await house.close();
  await installation.remove();
});

describe('the documentation', () => {
  it.each(['/docs', '/docs/'])('is a page at %s that names only our own files', async (path) => {
    const page = await app.inject(path);
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const addresses = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
    expect(addresses.length).toBeGreaterThan(3);
    for (const address of addresses) expect(address).toMatch(/^(\/|data:,$)/);
    for (const address of addresses.filter((one) => one.startsWith('/'))) {
      expect((await app.inject(address)).statusCode, address).toBe(200);
    }
  });

  it('may run what we serve, and nothing else', async () => {
    const policy = String((await app.inject('/docs')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/script-src|unsafe-eval|https?:/);
  });

  it('comes compressed, and not again to who has it', async () => {
    const url = '/docs/ui/swagger-ui-bundle.js';
    const plain = await app.inject(url);
    const small = await app.inject({ url, headers: { 'accept-encoding': 'br' } });
    expect(small.rawPayload.length).toBeLessThan(plain.rawPayload.length / 3);
    expect(brotliDecompressSync(small.rawPayload).equals(plain.rawPayload)).toBe(true);
    const etag = String(small.headers.etag);
    const again = await app.inject({ url, headers: { 'accept-encoding': 'br', 'if-none-match': etag } });
    expect(again.statusCode).toBe(304);
  });

  it.skipIf(!hasChromium)('shows every operation in a browser that reaches nothing but us', async () => {
    const { dom, complaints } = await browse(`${base}/docs`);
    expect(complaints).toEqual([]);
    const operations = Object.values(app.swagger().paths ?? {}).flatMap((path) => Object.keys(path ?? {}));
    expect(operations.length).toBeGreaterThan(50);
    expect(dom.match(/class="opblock opblock-/g)).toHaveLength(operations.length);
  });

  it.skipIf(!hasChromium)('would be heard complaining if it reached out', async () => {
    const policy = String((await app.inject('/docs')).headers['content-security-policy']);
    const page = '<!doctype html><script src="http://elsewhere.example/x.js"></script><p>here</p>';
    const elsewhere = await openLoopback();
    elsewhere.answers.set('/', {
      headers: { 'content-type': 'text/html', 'content-security-policy': policy },
      body: page,
    });
    try {
      const { dom, complaints } = await browse(elsewhere.url);
      expect(dom).toContain('<p>here</p>');
      expect(complaints.join()).toContain('elsewhere.example');
    } finally {
      await elsewhere.close();
    }
  });
});

/** Time of the page, not of the machine: what it waits for comes at once, in ms. */
const PAGE_TIME_MS = 20_000;

/** What a browser makes of a page, and what it complains of: scripts that fail, addresses refused or out of reach. */
async function browse(url: string): Promise<{ dom: string; complaints: string[] }> {
  const profile = mkdtempSync(join(tmpdir(), 'robian-chromium-'));
  const browser = spawn(CHROMIUM, [
    '--headless',
    // As root, and in containers, there is no sandbox to be had; the page is ours.
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--enable-logging=stderr',
    `--user-data-dir=${profile}`,
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    `--virtual-time-budget=${PAGE_TIME_MS}`,
    '--dump-dom',
    url,
  ]);
  let dom = '';
  let log = '';
  browser.stdout.on('data', (piece) => {
    dom += piece;
  });
  browser.stderr.on('data', (piece) => {
    log += piece;
  });
  try {
    await once(browser, 'close');
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
  return { dom, complaints: log.split('\n').filter((line) => line.includes('CONSOLE')) };
}
