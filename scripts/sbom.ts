/**
 * The bill of materials of an image, CycloneDX on standard output: npm's packages by the lock file, Debian's by dpkg inside the
 * image, and what neither knows of (the runtime, our build of ffmpeg). `node scripts/sbom.ts IMAGE [> sbom.json]`
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Component {
  type: 'library' | 'application';
  name: string;
  version: string;
  purl: string;
}
interface Bill {
  metadata: { component?: object };
  components: Component[];
  dependencies: { ref: string }[];
}

/** Two thousand packages with their hashes stay far below. */
const MAX_OUTPUT_BYTES = 64e6;
/** Reading lists is a matter of seconds. */
const TIMEOUT_MS = 120_000;

const run = (program: string, ...parameters: string[]): string =>
  execFileSync(program, parameters, { encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES, timeout: TIMEOUT_MS });
const inImage = (image: string, program: string, ...parameters: string[]): string =>
  run('docker', 'run', '--rm', '--network', 'none', '--read-only', '--entrypoint', program, image, ...parameters);

/** Lines of `dpkg-query`: name, version and architecture with tabs between; purl as its Debian type says. */
export function debianComponents(listing: string): Component[] {
  return listing
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', version = '', architecture = ''] = line.split('\t');
      const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}&distro=bookworm`;
      return { type: 'library', name, version, purl };
    });
}

if (import.meta.main) {
  const image = process.argv[2];
  if (image === undefined) {
    console.error('usage: node scripts/sbom.ts IMAGE');
    process.exit(64);
  }
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const omit = ['--omit', 'dev', '--omit', 'optional'];
  const bill = JSON.parse(run('npm', 'sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', ...omit)) as Bill;
  const runtime = inImage(image, 'node', '--version').trim().replace(/^v/, '');
  const ffmpeg = inImage(image, 'cat', '/usr/local/share/robian/ffmpeg-version').trim();
  const application = (name: string, of: string, purl: string): Component => ({
    type: 'application',
    name,
    version: of,
    purl,
  });
  const left = bill.components.filter(({ name }) => name !== 'node');
  const components = [
    ...left,
    ...debianComponents(
      inImage(image, 'dpkg-query', '-W', '-f', '$' + '{Package}\\t$' + '{Version}\\t$' + '{Architecture}\\n'),
    ),
    application('node', runtime, `pkg:generic/node@${runtime}`),
    application('ffmpeg', ffmpeg, `pkg:deb/debian/ffmpeg@${encodeURIComponent(ffmpeg)}?arch=source&distro=bookworm`),
  ];
  const purl = `pkg:oci/robianapi@${version}`;
  const metadata = { ...bill.metadata, component: { ...application('robianapi', version, purl), type: 'container' } };
  // Who needs whom is npm's own tree, of packages that are not all in the image.
  console.log(JSON.stringify({ ...bill, metadata, components, dependencies: [] }, null, 2));
}
