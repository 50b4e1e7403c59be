import { expect, test, vi } from 'vitest';
import { answerOf, createRobianClient, type Debate } from '../../clients/typescript/index.ts';
import { createReplay } from '../../src/demo/index.ts';
import { freePort } from '../support/installation.ts';
import { robian, startRobianProcess } from '../support/robian-process.ts';
import { openStage, portalAt } from '../support/stage.ts';
import { until } from '../support/until.ts';

// Each test starts the product several times, and a start takes ten seconds when the machine is busy.
vi.setConfig({ testTimeout: 120_000 });

function list(address: string): Promise<Debate[]> {
  return answerOf(createRobianClient({ baseUrl: address }).GET('/api/debates'));
}

test('a first start on an empty folder serves an empty register, fills it by itself, and leaves with 0', async () => {
  await using stage = await openStage({ fresh: true });
  const service = await startRobianProcess(['start'], { ...stage.environment, INGEST_EVERY: '10m', INGEST_DAYS: '2' });
  await service.ready();
  expect((await fetch(`${service.address}/health/ready`)).status).toBe(200);
  const debates = await until('all sittings are listed', async () => {
    const listed = await list(service.address);
    return listed.length === stage.sittings.length && listed;
  });
  expect(debates.map(({ title }) => title).sort()).toEqual(stage.sittings.map(({ title }) => title).sort());
  service.kill('SIGTERM');
  expect(await service.exit).toMatchObject({ code: 0, stderr: '' });
});

test('ingesting twice by command gives the same rows and writes nothing the second time', async () => {
  await using stage = await openStage();
  const first = await robian(['ingest', ...stage.days, '--json'], stage.environment);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  const second = await robian(['ingest', ...stage.days, '--json'], stage.environment);
  expect(second.code).toBe(0);
  const { seen, created } = JSON.parse(first.stdout) as { seen: number; created: number };
  expect(created).toBe(seen);
  expect(JSON.parse(second.stdout)).toMatchObject({ seen, created: 0, updated: 0, unchanged: seen, failed: [] });
});

test('without the portal it starts, says so once in a line, and takes what comes when the portal is back', async () => {
  await using stage = await openStage();
  const port = await freePort();
  const service = await startRobianProcess(['start'], {
    ...stage.environment,
    ...portalAt(`http://127.0.0.1:${port}`),
    INGEST_EVERY: '10s',
    INGEST_DAYS: '2',
  });
  await service.ready();
  await until('it has tried', () => service.log().some(({ level }) => level === 'warn'));
  expect(await list(service.address)).toEqual([]);
  const late = await createReplay({ sittings: stage.sittings, port });
  try {
    await until('the sittings are there', async () => (await list(service.address)).length === stage.sittings.length);
    const warnings = service.log().filter(({ level }) => level !== 'info');
    expect(warnings).toEqual([expect.objectContaining({ msg: expect.stringContaining('out of reach') })]);
    expect(JSON.stringify(warnings[0])).not.toContain('    at ');
  } finally {
    await late.close();
  }
});

test('wrong settings stop the start with one line each', async () => {
  const wrong = { PORT: 'http', INGEST_DAYS: '0', DATABASE_URL: 'mysql://x' };
  const { code, stdout, stderr } = await robian(['start'], wrong);
  expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
  const [heading, ...lines] = stderr.trimEnd().split('\n');
  expect(heading).toBe('3 settings are wrong:');
  expect(lines.map((line) => line.split(':')[0]).sort()).toEqual(Object.keys(wrong).sort());
  for (const line of lines) expect(line).toContain('expected');
});

test.skipIf(process.env.TEST_DATABASE_URL !== undefined)(
  'a second process on the same embedded database is told who holds it',
  async () => {
    await using stage = await openStage();
    const service = await startRobianProcess(['start'], stage.environment);
    await service.ready();
    const { code, stderr } = await robian(['start'], stage.environment);
    expect(code).toBe(75);
    expect(stderr).toContain(`process ${service.pid} `);
  },
);

test('a port in use and a database that is away are told in a sentence', async () => {
  await using stage = await openStage();
  const { port } = new URL(stage.replay.url);
  const taken = await robian(['start'], { ...stage.environment, PORT: port });
  expect(taken).toMatchObject({ code: 75, stderr: expect.stringContaining(`listens at 127.0.0.1:${port}`) });
  const url = `postgresql://nobody@127.0.0.1:${await freePort()}/none`;
  const away = await robian(['migrate'], { ...stage.environment, DATABASE_URL: url });
  expect(away).toMatchObject({ code: 75, stderr: expect.stringContaining('does not answer') });
});
