import { BlockList, isIP } from 'node:net';

/** Of IPv6, what is given to networks of the public: 2000::/3 (IANA IPv6 Global Unicast Address Space). */
const GLOBAL_IPV6: readonly [string, number] = ['2000::', 3];

/** IANA IPv4 Special-Purpose Address Registry, multicast (RFC 5771) and class E; 169.254.169.254 is where clouds keep secrets. */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** IANA IPv6 Special-Purpose Address Registry, within the above: protocols (Teredo), documentation, 6to4, which wraps any IPv4. */
const SPECIAL_IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

/** Azure's platform services answer at an address that looks public. */
const CLOUD_IPV4 = '168.63.129.16';

const global = new BlockList();
global.addSubnet(...GLOBAL_IPV6, 'ipv6');
const special = new BlockList();
for (const [net, bits] of SPECIAL_IPV4) special.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of SPECIAL_IPV6) special.addSubnet(net, bits, 'ipv6');
special.addAddress(CLOUD_IPV4, 'ipv4');

/**
 * Whether an address belongs to the public internet: not to this machine, its network, or a purpose of its own. What is not
 * plainly an address is not public, and neither is IPv4 in an IPv6 wrapping, which name servers have no reason to answer.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special.check(address, 'ipv4');
  return family === 6 && global.check(address, 'ipv6') && !special.check(address, 'ipv6');
}
