import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Clock } from '../clock/index.ts';
import { FetchError } from './fetch-error.ts';
import { isPublicAddress } from './public-address.ts';

/** Asks the name servers for all addresses of a host. */
export type ResolveHost = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Which hosts this installation knows. */
export interface HostRule {
  /** One that the configuration names as a service of ours: it may be anywhere. */
  isOwn(url: URL): boolean;
  /** One that an administrator allows listeners and editors to name: at public addresses only. */
  isListed(url: URL): boolean;
}

/**
 * @param own addresses of the services in the configuration; host and port count
 * @param listed `host`, `host:port` or `*.domain`; without a port, the protocol's own
 */
export function createHostRule({ own, listed }: { own: readonly string[]; listed: readonly string[] }): HostRule {
  const hosts = new Set(own.map((url) => new URL(url).host));
  const exact = new Set(listed.filter((entry) => !entry.startsWith('*.')));
  const suffixes = listed.filter((entry) => entry.startsWith('*.')).map((entry) => entry.slice(1));
  return {
    isOwn: (url) => hosts.has(url.host),
    // `host` holds the port unless it is the protocol's own.
    isListed: ({ host }) => exact.has(host) || suffixes.some((suffix) => host.endsWith(suffix)),
  };
}

/** A name whose addresses are not all public ones. A name with both is taken for an attempt to get at the others. */
export class PrivateAddressError extends Error {
  constructor(hostname: string) {
    super(`${hostname} is not at a public address`);
    this.name = 'PrivateAddressError';
  }
}

/** Resolves names for a connection, at the moment it is made, and to public addresses only. */
export function publicLookup(resolve: ResolveHost = systemLookup): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) {
        done(error ?? new Error(`${hostname} has no address`), '', 4);
      } else if (!addresses.every(({ address }) => isPublicAddress(address))) {
        done(new PrivateAddressError(hostname), '', 4);
      } else if (options.all === true) {
        done(null, addresses);
      } else done(null, first.address, first.family);
    });
  };
}

/** False for an address in place of a name that is not public: no name server is asked for those. `URL` has read its odd forms. */
export function isPublicLiteral({ hostname }: URL): boolean {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(literal) === 0 || isPublicAddress(literal);
}

/** A name server that says nothing for this long does not know, in ms. */
const RESOLVE_TIMEOUT_MS = 5_000;

/** Decides which web pages may be asked for at all. */
export interface PageGate {
  /**
   * For an address that somebody chose: an http(s) page without credentials, on a listed host, at public addresses.
   * @throws FetchError `refused`; `unreachable` when the name is not known
   */
  admitChosen(url: string): Promise<URL>;
  /** The same, or a page of a service in the configuration: for another program, which looks names up for itself again. */
  admit(url: string): Promise<URL>;
}

export function createPageGate(options: {
  rule: HostRule;
  clock: Pick<Clock, 'sleep'>;
  resolve?: ResolveHost;
}): PageGate {
  const { rule, clock } = options;
  const lookup = publicLookup(options.resolve);

  const resolvePublic = async ({ hostname }: URL): Promise<void> => {
    const done = new AbortController();
    const resolved = new Promise<void>((resolve, reject) =>
      lookup(hostname, { all: true }, (error) => (error ? reject(error) : resolve())),
    );
    const late = clock.sleep(RESOLVE_TIMEOUT_MS, done.signal).then(() => {
      throw new Error(`no address of ${hostname} in ${RESOLVE_TIMEOUT_MS} ms`);
    });
    try {
      await Promise.race([resolved, late]);
    } finally {
      done.abort();
      late.catch(() => undefined);
    }
  };
  const admitChosen = async (text: string): Promise<URL> => {
    const url = URL.parse(text);
    if (url === null || !isPlainPage(url) || !rule.isListed(url) || !isPublicLiteral(url)) {
      throw new FetchError('refused', text);
    }
    try {
      await resolvePublic(url);
    } catch (error) {
      throw new FetchError(error instanceof PrivateAddressError ? 'refused' : 'unreachable', text, { cause: error });
    }
    return url;
  };

  return {
    admitChosen,
    admit: async (text) => {
      const url = URL.parse(text);
      return url !== null && isPlainPage(url) && rule.isOwn(url) ? url : admitChosen(text);
    },
  };
}

function isPlainPage({ protocol, username, password }: URL): boolean {
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
