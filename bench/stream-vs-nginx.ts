// How fast stored audio is served, beside nginx serving the same file: server on one core, wrk on the other, medians of three.
// Needs Debian's nginx and wrk, Linux, and two idle cores: run `node bench/stream-vs-nginx.ts`.
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mp3Frames } from '../tests/support/audio-fixtures.ts';

const run = promisify(execFile);

/** 60 MB at 128 kbit/s: a sitting of an hour and a quarter minute. */
const FRAMES = 143_600;
const SERVER_CORE = '0';
const CLIENT_CORE = '1';
const ROUNDS = 3;
const OUR_PORT = 18_471;
const NGINX_PORT = 18_472;
/** Long enough for the engine to have compiled what it will compile. */
const WARM_UP_SECONDS = 5;
const MEASURE_SECONDS = 5;

interface Scenario {
  name: string;
  /** Bytes of each range; null: the whole file. */
  rangeBytes: number | null;
  connections: number;
  /** What the ratio to nginx has to be at least. */
  goal: number;
}
const SCENARIOS: readonly Scenario[] = [
  { name: '64 kB ranges', rangeBytes: 65_536, connections: 16, goal: 0.6 },
  { name: '256 kB ranges', rangeBytes: 262_144, connections: 16, goal: 1 },
  { name: 'whole file', rangeBytes: null, connections: 4, goal: 1 },
];

/** Ranges at scattered places that follow no block of ours, as players seek. */
function wrkScript(rangeBytes: number, fileBytes: number): string {
  return `
local span = ${fileBytes - rangeBytes}
local position = 0
request = function()
  position = (position + 7368787) % span
  return wrk.format("GET", nil, { ["Range"] = "bytes=" .. position .. "-" .. (position + ${rangeBytes - 1}) })
end
done = function(summary) io.stdout:write("RESULT " .. summary.bytes .. " " .. summary.duration .. " " .. (summary.errors.status + summary.errors.read + summary.errors.timeout) .. "\\n") end
`;
}
const WHOLE_SCRIPT = `
done = function(summary) io.stdout:write("RESULT " .. summary.bytes .. " " .. summary.duration .. " " .. (summary.errors.status + summary.errors.read + summary.errors.timeout) .. "\\n") end
`;

function nginxConfiguration(folder: string): string {
  return `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx-error.log;
events { worker_connections 256; }
http {
  access_log off;
  sendfile on;
  tcp_nopush off;
  open_file_cache max=100;
  keepalive_requests 100000000;
  types { audio/mpeg mp3; }
  client_body_temp_path ${folder}/tmp; proxy_temp_path ${folder}/tmp; fastcgi_temp_path ${folder}/tmp;
  uwsgi_temp_path ${folder}/tmp; scgi_temp_path ${folder}/tmp;
  server { listen 127.0.0.1:${NGINX_PORT}; root ${folder}/files; }
}`;
}

async function measure(script: string, scenario: Scenario, url: string, seconds: number): Promise<number> {
  const load = ['wrk', '-t1', `-c${scenario.connections}`, `-d${seconds}s`, '-s', script, url];
  const { stdout } = await run('taskset', ['-c', CLIENT_CORE, ...load]);
  const [, bytes, microseconds, errors] = /RESULT (\d+) (\d+) (\d+)/.exec(stdout) ?? [];
  if (errors !== '0') throw new Error(`wrk counted ${errors} errors:\n${stdout}`);
  return Number(bytes) / Number(microseconds);
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function startOurs(folder: string): Promise<ChildProcess> {
  const file = new URL('./stream-server.ts', import.meta.url).pathname;
  // The log goes where a supervisor would read it, not into the measurement.
  const server = fork(file, [join(folder, 'data'), String(OUR_PORT), String(FRAMES)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(server, 'message');
  // All threads: the database's, the engine's and those that read files.
  await run('taskset', ['-acp', SERVER_CORE, String(server.pid)]);
  return server;
}

async function startNginx(folder: string): Promise<ChildProcess> {
  const configuration = join(folder, 'nginx.conf');
  await mkdir(join(folder, 'tmp'));
  await writeFile(configuration, nginxConfiguration(folder));
  const server = spawn('taskset', ['-c', SERVER_CORE, 'nginx', '-c', configuration], { stdio: 'inherit' });
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${NGINX_PORT}/`).catch(() => null);
    if (answer) return server;
    if (server.exitCode !== null) throw new Error('nginx did not start');
  }
}

const folder = await mkdtemp(join(tmpdir(), 'robian-bench-'));
// nginx gives up root's rights, if it has them, and must still be able to read.
await chmod(folder, 0o755);
await mkdir(join(folder, 'files'));
const sitting = mp3Frames(FRAMES);
await writeFile(join(folder, 'files', 'sitting.mp3'), sitting);
const nginx = await startNginx(folder);
const ours = await startOurs(folder);
try {
  const urls = {
    ours: `http://127.0.0.1:${OUR_PORT}/api/streaming/19502241_6ac548b948b27/stream`,
    nginx: `http://127.0.0.1:${NGINX_PORT}/sitting.mp3`,
  };
  let missed = 0;
  for (const scenario of SCENARIOS) {
    const script = join(folder, 'load.lua');
    await writeFile(
      script,
      scenario.rangeBytes === null ? WHOLE_SCRIPT : wrkScript(scenario.rangeBytes, sitting.length),
    );
    for (const url of Object.values(urls)) await measure(script, scenario, url, WARM_UP_SECONDS);
    const speeds: { ours: number[]; nginx: number[] } = { ours: [], nginx: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const who of ['nginx', 'ours'] as const)
        speeds[who].push(await measure(script, scenario, urls[who], MEASURE_SECONDS));
    }
    const ratio = median(speeds.ours) / median(speeds.nginx);
    if (ratio < scenario.goal) missed += 1;
    const megabytes = { ours: Math.round(median(speeds.ours)), nginx: Math.round(median(speeds.nginx)) };
    console.log(
      JSON.stringify({
        scenario: scenario.name,
        megabytes_per_second: megabytes,
        ratio: Math.round(ratio * 100) / 100,
        goal: scenario.goal,
      }),
    );
  }
  process.exitCode = missed === 0 ? 0 : 1;
} finally {
  await Promise.all([stop(ours), stop(nginx)]);
  await rm(folder, { recursive: true });
}
