/** Names, in lower case, and values. */
export type Headers = readonly (readonly [name: string, value: string])[];

/** For programs: nothing in an answer may be run, framed or load anything (OWASP REST Security Cheat Sheet). */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
/** For our pages, which bring all they need with them; the documentation's components write style attributes. */
const PAGE_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');
/** A year, as the lists of browsers ask (hstspreload.org). */
const TRANSPORT_SECURITY = 'max-age=31536000; includeSubDomains';
/** Pages that hold an answer for long change little; the rest asks again after a day, which browsers cut to hours anyway. */
const PREFLIGHT_SECONDS = 86_400;

export const pageHeaders: Headers = [
  ['content-security-policy', PAGE_POLICY],
  ['cross-origin-opener-policy', 'same-origin'],
];

/** What protects every answer, whatever the request. HSTS only where listeners come by TLS (RFC 6797 §7.2). */
export function securityHeaders(publicUrl: string): Headers {
  const always = [
    ['content-security-policy', API_POLICY],
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['referrer-policy', 'no-referrer'],
    // Players on other sites may play what is public anyway.
    ['cross-origin-resource-policy', 'cross-origin'],
  ] as const;
  return publicUrl.startsWith('https:') ? [...always, ['strict-transport-security', TRANSPORT_SECURITY]] : always;
}

const EXPOSED =
  'Content-Range, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, X-Total-Count, X-Total-Is-Exact';

export interface CrossOrigin {
  /** On every answer. */
  always: Headers;
  /** On answers to this origin, names and values in turn; none when it is not on the list, or needs nothing more. */
  forOrigin(origin: string): readonly string[];
  /** On the answer to a preflight (Fetch standard, "CORS-preflight request"), beside the above. */
  preflight: Headers;
}

/**
 * Which other sites' scripts may read answers: those listed, or all with `*`, which gives nothing away: who asks is told by a
 * token in a header, never by a cookie that a browser adds by itself.
 */
export function crossOrigin(origins: readonly string[]): CrossOrigin {
  const preflight = [
    ['access-control-allow-methods', 'GET, HEAD, POST, PUT, DELETE'],
    [
      'access-control-allow-headers',
      'Accept-Language, Authorization, Content-Type, If-Match, If-None-Match, If-Range, Last-Event-ID, Range, X-Request-Id',
    ],
    ['access-control-max-age', String(PREFLIGHT_SECONDS)],
  ] as const;
  const exposed = ['access-control-expose-headers', EXPOSED] as const;
  if (origins.includes('*')) {
    return { always: [['access-control-allow-origin', '*'], exposed], forOrigin: () => [], preflight };
  }
  const known = new Map(origins.map((origin) => [origin, ['access-control-allow-origin', origin, ...exposed]]));
  return {
    always: origins.length === 0 ? [] : [['vary', 'origin']],
    forOrigin: (origin) => known.get(origin) ?? [],
    preflight,
  };
}
