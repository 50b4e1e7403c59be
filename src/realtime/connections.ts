/** Connections that may be open, WebSocket and event streams together. */
export interface ConnectionLimits {
  total: number;
  perClient: number;
}

/**
 * 10,000 take about 200 MB; beyond, another process serves better. Behind one address may be a school or a mobile operator, so
 * one client is one address with room for many.
 */
export const CONNECTION_LIMITS: ConnectionLimits = { total: 10_000, perClient: 100 };

/** Counts what is open, in all and by client. */
export function createConnections(limits: ConnectionLimits = CONNECTION_LIMITS) {
  const byClient = new Map<string, number>();
  let total = 0;
  return {
    /** Takes a place; the function it gives frees it again, once. Null when there is none left. */
    take: (client: string): (() => void) | null => {
      const own = byClient.get(client) ?? 0;
      if (total >= limits.total || own >= limits.perClient) return null;
      total += 1;
      byClient.set(client, own + 1);
      let open = true;
      return () => {
        if (!open) return;
        open = false;
        total -= 1;
        const left = (byClient.get(client) ?? 1) - 1;
        if (left === 0) byClient.delete(client);
        else byClient.set(client, left);
      };
    },
  };
}

export type Connections = ReturnType<typeof createConnections>;
