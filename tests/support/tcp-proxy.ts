import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './installation.ts';

/** A line between the product and a server, that may be slow, silent, cut, or lead elsewhere. */
export interface TcpProxy {
  port: number;
  /** Every piece arrives so much later, in ms. */
  delayMs: number;
  /** Connections that are open stay so, and nothing arrives on them any more, as where a server is gone without a word. */
  silenceOpen(): void;
  /** Breaks all connections; new ones lead to this port. */
  leadTo(port: number): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  let towards = target;
  const sockets = new Set<Socket>();
  const port = await freePort();
  const proxy: TcpProxy = {
    port,
    delayMs: 0,
    silenceOpen: () => {
      for (const socket of sockets) socket.pause();
    },
    leadTo: (next) => {
      towards = next;
      for (const socket of sockets) socket.destroy();
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('data', (piece) => {
      if (proxy.delayMs === 0) to.write(piece);
      else setTimeout(() => to.write(piece), proxy.delayMs);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer((client) => {
    const upstream = connect(towards, '127.0.0.1');
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return proxy;
}
