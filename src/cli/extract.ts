import { Command } from 'commander';
import { extractionJob, type Run } from '../extraction/index.ts';
import type { House } from '../house.ts';
import { type CommandContext, CommandFailed } from './context.ts';
import type { Progress } from './output.ts';

/** As often as a run writes its progress, in ms. */
const LOOK_EVERY_MS = 500;
/** An interrupted run is left to the next worker, which goes on where it was, in ms. */
const LEAVE_WITHIN_MS = 5_000;

export function extractCommand(context: CommandContext): Command {
  return new Command('extract')
    .description('take the sound of a debate')
    .argument('<id>', 'id of the debate, or any id it was known by')
    .action(async (id: string) => {
      await context.withHouse(async (house) => {
        await house.queue.start([extractionJob]);
        try {
          await extract(context, house, id);
        } finally {
          await house.queue.stop(LEAVE_WITHIN_MS);
        }
      });
    });
}

async function extract(context: CommandContext, house: House, id: string): Promise<void> {
  const { extraction } = house;
  await extraction.recover({ alone: house.database.kind === 'embedded' });
  const answer = await extraction.request({
    debateId: id,
    format: 'mp3',
    quality: 'original',
    priority: 'high',
    requestedBy: null,
  });
  if (answer.kind === 'ready') {
    context.output.result(
      { debate_id: answer.debateId, sha256: answer.file.sha256 },
      `already there: ${answer.file.sha256}`,
    );
    return;
  }
  await house.queue.work(extractionJob, 1, (job) => extraction.handle(job));
  const progress = context.output.progress('extract');
  const { run, file } = await untilOver(context, house, id, progress);
  if (run.state !== 'done' || file === null) {
    progress.end(run.state);
    throw new CommandFailed(`${run.state}: ${run.errorCode ?? 'no reason is known'}`);
  }
  progress.end(`${megabytes(file.sizeBytes)}, ${Math.round(file.durationSeconds)} s of sound`);
  context.output.result(
    {
      debate_id: run.debateId,
      sha256: file.sha256,
      size_bytes: file.sizeBytes,
      duration_seconds: file.durationSeconds,
    },
    `ready: ${file.sha256}`,
  );
}

async function untilOver(
  context: CommandContext,
  house: House,
  id: string,
  progress: Progress,
): ReturnType<House['extraction']['status']> {
  for (;;) {
    const status = await house.extraction.status(id);
    const { run } = status;
    if (run.state !== 'queued' && run.state !== 'running') return status;
    progress.update(run.bytesDone, run.bytesTotal, note(run));
    await context.clock.sleep(LOOK_EVERY_MS, context.signal);
  }
}

function note(run: Run): string {
  const eta = run.etaSeconds === null ? '' : `, ${run.etaSeconds} s left`;
  return `${run.step ?? run.state} ${megabytes(run.bytesDone)}${eta}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
