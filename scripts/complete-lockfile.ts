// Adds to package-lock.json what a registry did not show when it was made: optional packages for other platforms. Without them
// `npm ci` refuses the lock where the registry shows them, or shows others. Run after every change of dependencies (`npm run lock`).
import { readFileSync, writeFileSync } from 'node:fs';

interface LockedPackage {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

const SYSTEMS = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
  'aix',
  'wasi',
];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'x64', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32'];

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, LockedPackage> };
const added: string[] = [];
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (Object.keys(lock.packages).some((one) => one === place || one.endsWith(`/${place}`))) continue;
    const words = name.split(/[/-]/);
    const system = SYSTEMS.find((one) => words.includes(one));
    const processor = PROCESSORS.find((one) => words.includes(one));
    // Only what names a platform can be told apart from a package that is truly missing.
    if (system === undefined || !/^\d+\.\d+\.\d+/.test(version))
      throw new Error(`${name}@${version} is missing from the lock`);
    lock.packages[place] = {
      version,
      ...(processor === undefined ? {} : { cpu: [processor] }),
      ...(parent.dev ? { dev: true } : {}),
      ...(words.includes('musl') || words.includes('gnu') ? { libc: [words.includes('musl') ? 'musl' : 'glibc'] } : {}),
      optional: true,
      os: [system],
    };
    added.push(name);
  }
}
const inOrder = Object.entries(lock.packages).sort(([one], [other]) => (one < other ? -1 : 1));
lock.packages = Object.fromEntries(inOrder);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} packages for other platforms added`);
