// The product's own path from request to published file, in a process of its own over the embedded database and the real
// queue: `extraction-process.ts <dataDir>`. For each line on stdin, an MP3's address, extracts it as a new debate and prints
// `{ ms, idleBytes, peakBytes, state, sha256 }`.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { extractionJob, extractionJobs } from '../../src/extraction/index.ts';
import { systemClock } from '../../src/platform/clock/index.ts';
import { migrate, openDatabase } from '../../src/platform/database/index.ts';
import { createJobQueue } from '../../src/platform/queue/index.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';
import { openWorkshop } from '../../tests/support/workshop.ts';

const [dataDir = ''] = process.argv.slice(2);
const rethrow = (error: unknown): never => {
  throw error;
};
const database = await openDatabase({
  url: undefined,
  dataDir,
  clock: systemClock,
  onFatal: rethrow,
  onWarning: rethrow,
});
await migrate(database.db);
const queue = createJobQueue({ database, onError: rethrow, supervise: true });
await queue.start(extractionJobs);
let mediaUrl = '';
const workshop = await openWorkshop({
  database,
  dataDir,
  media: async () => [{ kind: 'mp3', url: mediaUrl, durationAtLeastSeconds: null }],
  clock: systemClock,
  change: { queue },
});
await queue.work(extractionJob, 1, workshop.extraction.handle);
globalThis.gc?.();
// Before the first job: what a worker grows by once counts as well.
const idleBytes = residentBytes();
console.log('ready');

let debates = 0;
for await (const line of createInterface({ input: process.stdin })) {
  mediaUrl = line;
  debates += 1;
  const debateId = `${debates}_6ac548b948b27`;
  await workshop.debates.record(sampleDebate(debateId));
  let peakBytes = idleBytes;
  const sampling = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytes());
  }, 10);
  const startedMs = performance.now();
  const answer = await workshop.extraction.request({
    debateId,
    format: 'mp3',
    quality: 'original',
    priority: 'normal',
    requestedBy: null,
  });
  const { run, file } = await over(debateId);
  const ms = performance.now() - startedMs;
  clearInterval(sampling);
  peakBytes = Math.max(peakBytes, residentBytes());
  console.log(
    JSON.stringify({
      ms,
      idleBytes,
      peakBytes,
      state: run.state,
      error: run.errorCode,
      sha256: file?.sha256,
      kind: answer.kind,
    }),
  );
}
await queue.stop(1_000);
await workshop.close();
await database.close();

async function over(debateId: string) {
  for (;;) {
    const status = await workshop.extraction.status(debateId);
    if (status.run.finishedAt !== null) return status;
    await systemClock.sleep(10);
  }
}

/** Of the whole process, the database's thread included. */
function residentBytes(): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1024;
}
