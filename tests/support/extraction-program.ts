// A worker of its own, over the real queue, so that a test can kill it:
// `extraction-program.ts <dataDir> <url of an MP3> [database url]`. Prints a line of JSON once the run is over. With KILL_AT it kills
// itself in that step.

import { extractionJob, extractionJobs } from '../../src/extraction/index.ts';
import { systemClock } from '../../src/platform/clock/index.ts';
import { migrate, openDatabase } from '../../src/platform/database/index.ts';
import { createJobQueue } from '../../src/platform/queue/index.ts';
import { sampleDebate } from './sample-debate.ts';
import { openWorkshop } from './workshop.ts';

const DEBATE = '19502241_6ac548b948b27';
const [dataDir = '', mediaUrl = '', url] = process.argv.slice(2);
const killAt = process.env.KILL_AT;
const dieAt = (step: string): void => {
  if (step === killAt) process.kill(process.pid, 'SIGKILL');
};
const rethrow = (error: unknown): never => {
  throw error;
};

const database = await openDatabase({ url, dataDir, clock: systemClock, onFatal: rethrow, onWarning: () => undefined });
await migrate(database.db);
const queue = createJobQueue({ database, onError: rethrow, supervise: true });
await queue.start(extractionJobs);
const workshop = await openWorkshop({
  database,
  dataDir,
  media: async () => {
    dieAt('claimed');
    return [{ kind: 'mp3', url: mediaUrl, durationAtLeastSeconds: null }];
  },
  onStep: dieAt,
  clock: systemClock,
  change: { queue },
});
const { extraction } = workshop;
await workshop.debates.record(sampleDebate(DEBATE));
await extraction.recover({ alone: true });
await queue.work(extractionJob, 1, extraction.handle);

const startedMs = performance.now();
await extraction.request({
  debateId: DEBATE,
  format: 'mp3',
  quality: 'original',
  priority: 'normal',
  requestedBy: null,
});
dieAt('requested');
let over = await extraction.status(DEBATE);
while (over.run.finishedAt === null) {
  await systemClock.sleep(5);
  over = await extraction.status(DEBATE);
}
const ms = performance.now() - startedMs;
// The handler tidies up after the run is done.
await queue.stop(5_000);
const { run, file } = over;
const outcome = {
  state: run.state,
  attempts: run.attempts,
  sha256: file?.sha256,
  ms,
  workspaces: workshop.workspaces(),
};
process.stdout.write(`${JSON.stringify(outcome)}\n`);
await workshop.close();
await database.close();
