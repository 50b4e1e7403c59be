/** Where objects are kept, as an operator writes it: `s3://bucket/prefix?endpoint=…&region=…`. Holds no credentials. */
export interface S3Address {
  bucket: string;
  /** What every name begins with: empty, or ending with a slash. */
  prefix: string;
  /** Undefined: Amazon's, for the region. */
  endpoint: string | undefined;
  /** As clients reach it, where that differs from `endpoint`; signed addresses name it. */
  publicEndpoint: string | undefined;
  /** Undefined: what the AWS variables and files say. */
  region: string | undefined;
  /** `endpoint/bucket/name` instead of `bucket.endpoint/name`. */
  pathStyle: boolean;
}

const PARAMETERS = new Set(['endpoint', 'public_endpoint', 'region', 'path_style']);
/** Amazon's rule for general purpose buckets. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Names that need no escaping anywhere. */
const PREFIX = /^(?:[A-Za-z0-9._-]+\/)*$/;

/**
 * Reads an address. Where an `endpoint` is given, path style is the default: only Amazon's own has a host name a bucket.
 * @throws RangeError saying what is expected
 */
export function parseS3Address(text: string): S3Address {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== 's3:') throw new RangeError('expected s3://bucket/prefix?endpoint=https://…');
  if (url.username !== '' || url.password !== '') {
    throw new RangeError('expected no credentials in the address: they come from the AWS variables or files');
  }
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.has(name));
  if (unknown !== undefined) throw new RangeError(`expected only ${[...PARAMETERS].join(', ')}, not ${unknown}`);
  if (!BUCKET.test(url.hostname)) throw new RangeError('expected the name of a bucket after s3://');
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  if (!PREFIX.test(prefix === '' ? '' : `${prefix}/`)) {
    throw new RangeError('expected a prefix of letters, digits, dots, hyphens, underscores and slashes');
  }
  const endpoint = endpointOf(url, 'endpoint');
  return {
    bucket: url.hostname,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint,
    publicEndpoint: endpointOf(url, 'public_endpoint'),
    region: url.searchParams.get('region') ?? undefined,
    pathStyle: flagOf(url, 'path_style') ?? endpoint !== undefined,
  };
}

function endpointOf(url: URL, name: string): string | undefined {
  const given = url.searchParams.get(name);
  if (given === null) return undefined;
  const endpoint = URL.canParse(given) ? new URL(given) : null;
  if (endpoint === null || !/^https?:$/.test(endpoint.protocol) || endpoint.username !== '') {
    throw new RangeError(`expected ${name} to be an http:// or https:// address`);
  }
  return given.replace(/\/+$/, '');
}

function flagOf(url: URL, name: string): boolean | undefined {
  const given = url.searchParams.get(name);
  if (given === null) return undefined;
  if (given !== 'true' && given !== 'false') throw new RangeError(`expected ${name} to be true or false`);
  return given === 'true';
}
