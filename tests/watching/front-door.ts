import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface FrontDoor {
  port: number;
  /** Of whoever signed its certificate: itself. */
  certificateFile: string;
  close(): Promise<void>;
}

/** What stands in for the proxy: TLS in front of one process of the API. */
export async function openFrontDoor(options: { folder: string; apiPort: number }): Promise<FrontDoor> {
  const certificateFile = join(options.folder, 'site.crt');
  const keyFile = join(options.folder, 'site.key');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
    ...subject,
    ...['-keyout', keyFile, '-out', certificateFile],
  ]);
  if (made.status !== 0) throw new Error(String(made.stderr));
  const tls = { key: readFileSync(keyFile), cert: readFileSync(certificateFile) };
  const server = createServer(tls, (incoming, answer) => {
    const { method, url, headers } = incoming;
    const onward = request(
      {
        host: '127.0.0.1',
        port: options.apiPort,
        method,
        path: url,
        headers: { ...headers, 'x-forwarded-for': '192.0.2.1' },
      },
      (from) => {
        answer.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(answer);
      },
    );
    onward.on('error', () => answer.writeHead(502).end());
    incoming.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    certificateFile,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
