import { Command } from 'commander';
import { extractionJob, extractionJobs, presentError, type Run } from '../extraction/index.ts';
import type { House } from '../house.ts';
import { ENGLISH } from '../platform/i18n/index.ts';
import { runPeriodically } from '../platform/process/index.ts';
import type { AudioFile } from '../vault/index.ts';
import { type CommandContext, CommandFailed } from './context.ts';
import type { Output } from './output.ts';

/** Often enough for a bar that moves; a run writes its progress once a second at most, in ms. */
const LOOK_EVERY_MS = 250;
/** Runs whose worker died are taken over about as soon as they count as dead. */
const RECOVER_EVERY_SECONDS = 5;

export function extractCommand(context: CommandContext): Command {
  return new Command('extract')
    .description('take the sound of a debate')
    .argument('<id>', 'id of the debate, or any id it was known by')
    .action(async (id: string) => {
      await context.withHouse(async (house, signal) => {
        await house.queue.start(extractionJobs);
        try {
          await extract(context.output, house, id, signal);
        } finally {
          await house.queue.stop(0);
        }
      });
    });
}

async function extract(output: Output, house: House, id: string, signal: AbortSignal): Promise<void> {
  const { extraction } = house;
  await extraction.recover({ alone: house.database.kind === 'embedded' });
  const answer = await askForSound(house, id);
  if (answer.kind === 'ready') {
    output.result(resultOf(answer.debateId, answer.file), `already there: ${answer.file.sha256}`);
    return;
  }
  await house.queue.work(extractionJob, 1, (job) => extraction.handle(job));
  const over = new AbortController();
  const takingOver = runPeriodically(
    [{ name: 'recover extractions', everySeconds: RECOVER_EVERY_SECONDS, run: () => extraction.recover() }],
    {
      clock: house.clock,
      signal: over.signal,
      onError: (task, error) => house.logger.warn({ err: error, task }, 'a dead worker may be waited for'),
    },
  );
  const file = await followRun(output, house, { id, label: 'extract', signal }).finally(async () => {
    over.abort();
    await takingOver;
  });
  output.result(resultOf(answer.run.debateId, file), `ready: ${file.sha256}`);
}

/** Asks for the published sound of a debate, before what others wait for. */
export function askForSound(house: House, debateId: string): ReturnType<House['extraction']['request']> {
  return house.extraction.request({
    debateId,
    format: 'mp3',
    quality: 'original',
    priority: 'high',
    requestedBy: null,
  });
}

/**
 * Shows how far the sound of a debate is until it is there.
 * @throws CommandFailed saying why it will not be
 */
export function followRun(
  output: Output,
  house: House,
  { id, label, signal }: { id: string; label: string; signal: AbortSignal },
): Promise<AudioFile> {
  return output.track(label, async (update) => {
    for (;;) {
      const { run, file } = await house.extraction.status(id);
      if (run.state === 'done' && file !== null) {
        return { value: file, note: `${megabytes(file.sizeBytes)}, ${Math.round(file.durationSeconds)} s of sound` };
      }
      if (run.state !== 'queued' && run.state !== 'running') throw new CommandFailed(endOf(run));
      update(run.bytesDone, run.bytesTotal, noteOf(run));
      await house.clock.sleep(LOOK_EVERY_MS, signal);
    }
  });
}

function endOf(run: Run): string {
  const error = presentError(run, ENGLISH);
  return error === null
    ? `The extraction was ${run.state}.`
    : `The extraction ${run.state}. ${error.detail} (${error.code})`;
}

function noteOf(run: Run): string {
  const eta = run.etaSeconds === null ? '' : `, ${run.etaSeconds} s left`;
  return `${run.step ?? run.state} ${megabytes(run.bytesDone)}${eta}`;
}

function resultOf(debateId: string, file: AudioFile): Record<string, unknown> {
  const { sha256, sizeBytes, durationSeconds } = file;
  return { debate_id: debateId, sha256, size_bytes: sizeBytes, duration_seconds: durationSeconds };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
