import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { askOperator, OperatorActionFailed, serveOperator } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'robian-operator-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('does what a command asks, says why it cannot, and is gone when closed', async () => {
  const close = await serveOperator(folder, {
    double: async (input) => ({ twice: Number(input) * 2 }),
    fail: async () => Promise.reject(new Error('no room')),
  });
  expect(await askOperator(folder, 'double', 21)).toEqual({ twice: 42 });
  await expect(askOperator(folder, 'fail', null)).rejects.toThrow(new OperatorActionFailed('no room'));
  await expect(askOperator(folder, 'else', null)).rejects.toBeInstanceOf(OperatorActionFailed);
  await expect(askOperator(folder, 'double', 'x'.repeat(100_000))).rejects.toThrow();
  await close();
  await expect(askOperator(folder, 'double', 1)).rejects.toMatchObject({ code: 'ENOENT' });
});
