import { readFileSync } from 'node:fs';
import { Errors } from 'typebox/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkContract } from '../../scripts/contract-check.ts';
import { CONTRACT_FILE, openHouseFor, renderContract } from '../../scripts/openapi.ts';
import { createApp } from '../../src/app.ts';
import type { House } from '../../src/house.ts';
import { type Installation, makeInstallation } from '../support/installation.ts';

interface Operation {
  summary?: string;
  description?: string;
  security?: object[];
  responses: Record<string, { content?: Record<string, MediaType> }>;
  'x-rate-limit'?: { name: string; requests: number; window_seconds: number } | null;
  'x-idempotent'?: boolean;
  'x-scope'?: string | null;
}
interface MediaType {
  schema?: object;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: object;
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
  expect(poor).toEqual([]);
});

test('every example of an answer is one that its schema allows', () => {
  const { components } = JSON.parse(rendered) as Document;
  const wrong: string[] = [];
  for (const [name, , , { responses }] of operationsOf(rendered)) {
    for (const [status, { content = {} }] of Object.entries(responses)) {
      for (const { schema, example, examples } of Object.values(content)) {
        for (const value of examples ? Object.values(examples).map((one) => one.value) : [example]) {
          const [allowed, faults] = Errors({ ...schema, components }, value);
          if (!allowed) wrong.push(`${name} ${status}: ${faults.map((one) => `${one.instancePath} ${one.message}`)}`);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
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
