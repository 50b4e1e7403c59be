import { Command } from 'commander';
import type { Garbage, Vault, VerifyReport } from '../vault/index.ts';
import { type CommandContext, CommandFailed } from './context.ts';

/** EX_TEMPFAIL of sysexits.h: the storage is not there now; the same command may succeed later. */
const EXIT_STORAGE_AWAY = 75;

export interface VaultCommandContext extends Pick<CommandContext, 'output'> {
  /** Opens the vault for the time of `work`, which the signal interrupts. */
  withVault<T>(work: (vault: Pick<Vault, 'verify'>, signal: AbortSignal) => Promise<T>): Promise<T>;
}

export function vaultCommand(context: VaultCommandContext): Command {
  return new Command('vault').description('look after the stored audio').addCommand(verifyCommand(context));
}

function verifyCommand({ output, withVault }: VaultCommandContext): Command {
  return new Command('verify')
    .description('read every stored file again, compare its hash, and report')
    .option('--accept-loss', 'retire missing files even when most are missing, as after a lost disk', false)
    .action(async (options: { acceptLoss: boolean }) => {
      const report = await withVault((vault, signal) =>
        output.track('verify', async (update) => {
          const value = await vault.verify({
            acceptLoss: options.acceptLoss,
            signal,
            onProgress: ({ checked, total, checkedBytes, file }) =>
              update(checked, total, `${megabytes(checkedBytes)} ${file.debateId}`),
          });
          return { value, note: megabytes(value.checkedBytes) };
        }),
      );
      for (const file of report.missing) output.complain(`missing: ${file.debateId} ${file.sha256}.${file.format}`);
      for (const file of report.corrupt) output.complain(`corrupt: ${file.debateId} ${file.sha256}.${file.format}`);
      for (const orphan of report.orphans) output.say(describeOrphan(orphan));
      output.result(report, summary(report));
      if (report.storageSuspected) {
        const reason = `${report.missing.length} of ${report.checked} files are missing: is the storage there? Nothing was retired for that; --accept-loss does.`;
        throw new CommandFailed(reason, EXIT_STORAGE_AWAY);
      }
      const lost = report.missing.length + report.corrupt.length;
      if (lost > 0) throw new CommandFailed(`${lost} files are lost and were retired; extract them again`);
    });
}

function summary(report: VerifyReport): string {
  const { checked, missing, corrupt, orphans } = report;
  const removed = orphans.filter((orphan) => orphan.removed).length;
  return `${checked} checked: ${missing.length} missing, ${corrupt.length} corrupt; ${orphans.length} that no debate needs, ${removed} of them removed`;
}

function describeOrphan(orphan: Garbage): string {
  const fate = orphan.removed ? 'removed' : 'kept for a day after its last use';
  return `not needed: ${orphan.sha256}.${orphan.format} ${megabytes(orphan.sizeBytes)}, ${fate}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
