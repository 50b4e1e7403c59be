import { readFileSync } from 'node:fs';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { checkContract } from '../../scripts/contract-check.ts';
import { CONTRACT_FILE, openHouseFor, renderContract } from '../../scripts/openapi.ts';
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
  responses: Record<string, { content?: Record<string, { example?: unknown; examples?: unknown }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
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
  const { openapi, paths } = JSON.parse(rendered) as Document;
  expect(openapi).toMatch(/^3\.1/);
  const poor: string[] = [];
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const name = `${method} ${path}`;
      if (!/\S \/ \S/.test(operation.summary ?? '')) poor.push(`${name}: summary`);
      if (!/\S \/ \S/.test(operation.description ?? '')) poor.push(`${name}: description`);
      for (const [status, { content = {} }] of Object.entries(operation.responses)) {
        for (const [type, media] of Object.entries(content)) {
          if (media.example === undefined && media.examples === undefined) poor.push(`${name} ${status} ${type}`);
        }
      }
    }
  }
  // What is still owed stands in a list of its own, which must be exact: it can only grow shorter.
  const owed = readFileSync(new URL('../../contracts/without-examples.txt', import.meta.url), 'utf8');
  expect(poor.sort()).toEqual(owed.trim().split('\n'));
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
