import { readFileSync } from 'node:fs';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { checkContract } from '../../scripts/contract-check.ts';
import { CONTRACT_FILE, openHouseFor, renderContract } from '../../scripts/openapi.ts';
import { createApp } from '../../src/app.ts';
import { DEBATE_EXAMPLE } from '../../src/debates/index.ts';
import { Debate } from '../../src/debates/schemas.ts';
import { STATUS_EXAMPLE } from '../../src/extraction/example.ts';
import { ExtractionStatus } from '../../src/extraction/schemas.ts';
import type { House } from '../../src/house.ts';
import { DOWNLOAD_EXAMPLE, INFO_EXAMPLE } from '../../src/streaming/example.ts';
import { Download, Info } from '../../src/streaming/schemas.ts';
import { type Installation, makeInstallation } from '../support/installation.ts';

interface Operation {
  summary?: string;
  description?: string;
  security?: object[];
  responses: Record<string, { content?: Record<string, { example?: unknown; examples?: unknown }> }>;
  'x-rate-limit'?: { name: string; requests: number; window_seconds: number } | null;
  'x-idempotent'?: boolean;
  'x-scope'?: string | null;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

function operationsOf(document: string): [name: string, method: string, path: string, operation: Operation][] {
  const { paths } = JSON.parse(document) as Document;
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): [string, string, string, Operation] => [
      `${method} ${path}`,
      method,
      path,
      operation,
    ]),
  );
}

let installation: Installation;
let house: House;
let rendered: string;

beforeAll(async () => {
  installation = await makeInstallation();
  house = await openHouseFor(installation.environment);
  rendered = await renderContract(house);
});

afterAll(async () => {
  await house.close();
  await installation.remove();
});

test('the committed contract is what the code does; otherwise: npm run openapi', () => {
  expect(readFileSync(CONTRACT_FILE, 'utf8')).toBe(rendered);
});

test('the committed contract breaks no client of the one before; see contracts/accepted-breaking-changes.txt', () => {
  expect(checkContract().breaking).toEqual([]);
});

test('every operation says what it does in French and English, and shows each outcome', () => {
  expect(JSON.parse(rendered).openapi).toMatch(/^3\.1/);
  const poor: string[] = [];
  for (const [name, , , operation] of operationsOf(rendered)) {
    if (!/\S \/ \S/.test(operation.summary ?? '')) poor.push(`${name}: summary`);
    if (!/\S \/ \S/.test(operation.description ?? '')) poor.push(`${name}: description`);
    for (const [status, { content = {} }] of Object.entries(operation.responses)) {
      for (const [type, media] of Object.entries(content)) {
        if (media.example === undefined && media.examples === undefined) poor.push(`${name} ${status} ${type}`);
      }
    }
  }
  // What is still owed stands in a list of its own, which must be exact: it can only grow shorter.
  const owed = readFileSync(new URL('../../contracts/without-examples.txt', import.meta.url), 'utf8');
  expect(poor.sort()).toEqual(owed.trim().split('\n'));
});

test('every operation states its budget, whether twice is once, and the scope of the token it needs', () => {
  const silent = operationsOf(rendered).flatMap(([name, , , operation]) => {
    const { 'x-rate-limit': budget, 'x-idempotent': idempotent, 'x-scope': scope, security = [] } = operation;
    return [
      ...(budget === undefined || (budget !== null && !(budget.requests > 0)) ? [`${name}: budget`] : []),
      // A POST says it in the `config` of its route.
      ...(idempotent === undefined ? [`${name}: idempotent`] : []),
      ...(scope === undefined || (scope === null) !== (security.length === 0) ? [`${name}: scope`] : []),
    ];
  });
  expect(silent).toEqual([]);
});

test('an operation that states a scope is closed without a token, and one that states none is open', async () => {
  const app = await createApp(house, { isDraining: () => false });
  const lying: string[] = [];
  for (const [position, [name, method, path, operation]] of operationsOf(rendered).entries()) {
    // A stream without end: its own room tests that it is open.
    if (path === '/api/events') continue;
    const answer = await app.inject({
      method: method.toUpperCase() as 'GET',
      url: path.replaceAll(/\{[^}]+\}/g, 'x'),
      // Each from its own address, so that no budget is used up.
      remoteAddress: `192.0.2.${position}`,
    });
    const closed = answer.statusCode === 401;
    if (closed !== (operation['x-scope'] !== null)) lying.push(`${name}: ${answer.statusCode}`);
  }
  await app.close();
  expect(lying).toEqual([]);
});

describe('an example is an answer that the schema allows', () => {
  it.each([
    ['Debate', Debate, DEBATE_EXAMPLE],
    ['ExtractionStatus', ExtractionStatus, STATUS_EXAMPLE],
    ['StreamingInfo', Info, INFO_EXAMPLE],
    ['Download', Download, DOWNLOAD_EXAMPLE],
  ])('%s', (_, schema, example) => {
    expect(Value.Errors(schema, example)).toEqual([]);
  });
});
