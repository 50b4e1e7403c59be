import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './installation.ts';

/** Whether Debian's nginx is installed; tests that need it are skipped, visibly, where it is not. */
export const hasNginx = spawnSync('nginx', ['-v']).status === 0;

export interface NginxProxy {
  /** Where it answers by TLS, with a certificate that nobody signed. */
  port: number;
  plainPort: number;
  /** The lines it wrote of its answers. */
  lines(): Record<string, unknown>[];
  close(): Promise<void>;
}

/** A real nginx with the configuration of deploy/proxy: only places and ports are those of the test. */
export async function startNginxProxy(options: { apiPort: number; vaultFolder: string }): Promise<NginxProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'robian-nginx-'));
  const [port, plainPort] = [await freePort(), await freePort()];
  const certificate = ['-newkey', 'rsa:2048', '-nodes', '-x509', '-days', '2', '-subj', '/CN=localhost'];
  execFileSync('openssl', ['req', ...certificate, '-keyout', `${folder}/key`, '-out', `${folder}/certificate`], {
    stdio: 'ignore',
  });
  let text = readFileSync('deploy/proxy/nginx.conf', 'utf8');
  const places: [string, string][] = [
    ['http://api:8000', `http://127.0.0.1:${options.apiPort}`],
    ['/data/vault/', `${options.vaultFolder}/`],
    ['/run/secrets/tls_certificate', `${folder}/certificate`],
    ['/run/secrets/tls_key', `${folder}/key`],
    ['access_log /dev/stdout', `access_log ${folder}/access.log`],
    ['listen 8443', `listen 127.0.0.1:${port}`],
    ['listen 8080', `listen 127.0.0.1:${plainPort}`],
    ['pid /tmp/nginx.pid', `pid ${folder}/nginx.pid`],
  ];
  for (const [there, here] of places) {
    if (!text.includes(there)) throw new Error(`deploy/proxy/nginx.conf names no ${there} any more`);
    text = text.replaceAll(there, here);
  }
  text = text.replaceAll('_temp_path /tmp/', `_temp_path ${folder}/`);
  // Workers of a master that is root are somebody else, who may not read the folders of the test.
  const user = process.getuid?.() === 0 ? 'user root;\n' : '';
  writeFileSync(`${folder}/nginx.conf`, `${user}${text}`);
  const server = spawn('nginx', ['-c', `${folder}/nginx.conf`, '-p', folder, '-g', 'daemon off;'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  server.stderr.on('data', (piece: Buffer) => {
    complaints += piece.toString();
  });
  await untilAnswering(server, plainPort, () => complaints);
  return {
    port,
    plainPort,
    lines: () =>
      readFileSync(`${folder}/access.log`, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    close: async () => {
      const gone = once(server, 'exit');
      server.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilAnswering(server: ChildProcess, port: number, complaints: () => string): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`nginx left: ${complaints()}`);
    const answer = await fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' }).catch(() => null);
    if (answer) return;
    await sleep(20);
  }
}
