import type { Clock } from '../clock/index.ts';
import type { Contact } from './fetcher.ts';

/** How it stands with somebody else's service, as far as this process asked it. */
export interface ServiceState {
  /** Null: it has not answered yet. */
  answeredAt: Date | null;
  /** Null: not asked yet. */
  lastOutcome: Contact['outcome'] | null;
}

export interface Contacts {
  /** Takes note of a request; gives the name of the service it went to, `other` when it is none of those named. */
  note(contact: Contact): string;
  of(service: string): ServiceState;
}

/**
 * Remembers when services were last reached.
 * @param services their addresses by name; of several on one origin the first counts
 */
export function createContacts(services: Readonly<Record<string, string>>, clock: Pick<Clock, 'now'>): Contacts {
  const byOrigin = new Map<string, string>();
  for (const [name, url] of Object.entries(services)) {
    const origin = URL.parse(url)?.origin;
    if (origin !== undefined && !byOrigin.has(origin)) byOrigin.set(origin, name);
  }
  const states = new Map<string, ServiceState>();
  const of = (service: string): ServiceState => states.get(service) ?? { answeredAt: null, lastOutcome: null };
  return {
    of,
    note: ({ origin, outcome }) => {
      const service = byOrigin.get(origin) ?? 'other';
      // Who stops waiting says nothing of the service.
      if (outcome !== 'aborted') {
        // Any answer shows that it is there, a refusal too.
        const reached = outcome === 'answered' || outcome === 'status' || outcome === 'rate-limited';
        states.set(service, { answeredAt: reached ? clock.now() : of(service).answeredAt, lastOutcome: outcome });
      }
      return service;
    },
  };
}
