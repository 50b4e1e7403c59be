/** An http(s) address without credentials, as a browser writes it; null for anything else. */
export function webAddress(url: string): string | null {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return null;
  return parsed.username === '' && parsed.password === '' ? parsed.href : null;
}

/**
 * Whether an address may be fetched on the word of who named `hosts`: `example.org` (of any scheme's own port),
 * `example.org:8443`, or `*.example.org` for every name below it.
 */
export function isAllowedHost(url: string, hosts: readonly string[]): boolean {
  const address = webAddress(url);
  if (address === null) return false;
  const { host, hostname } = new URL(address);
  return hosts.some((allowed) =>
    allowed.startsWith('*.') ? hostname.endsWith(allowed.slice(1)) && host === hostname : host === allowed,
  );
}
