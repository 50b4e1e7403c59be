import { describe, expect, it } from 'vitest';
import { type Contract, findBreakingChanges, type Schema } from '../../scripts/contract-changes.ts';

const sitting: Schema = {
  type: 'object',
  required: ['id', 'status'],
  properties: {
    id: { type: 'string' },
    status: { type: 'string', enum: ['running', 'done'] },
    salle: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    parts: { type: 'array', items: { $ref: '#/components/schemas/Sitting' } },
  },
};
const wish: Schema = { type: 'object', properties: { format: { type: 'string', enum: ['mp3', 'm4a'] } } };

interface World {
  sitting?: Schema;
  wish?: Schema;
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  status?: string;
  method?: string;
  mime?: string;
}

function contract(world: World = {}): Contract {
  const { method = 'post', status = '200', mime = 'application/json' } = world;
  const operation = {
    parameters: world.parameters ?? [{ name: 'page', in: 'query', schema: { type: 'integer' } }],
    requestBody: { content: { 'application/json': { schema: world.wish ?? wish } } },
    responses: { [status]: { content: { [mime]: { schema: { $ref: '#/components/schemas/Sitting' } } } } },
  };
  return { paths: { '/x': { [method]: operation } }, components: { schemas: { Sitting: world.sitting ?? sitting } } };
}

const withProperties = (schema: Schema, properties: Record<string, Schema>): Schema => ({
  ...schema,
  properties: { ...schema.properties, ...properties },
});

const page = { name: 'page', in: 'query', schema: { type: 'integer' } };

describe('what breaks no client', () => {
  it.each<[string, World]>([
    ['the same', {}],
    ['a new field in an answer', { sitting: withProperties(sitting, { title: { type: 'string' } }) }],
    ['a new optional parameter', { parameters: [page, { name: 'q', in: 'query' }] }],
    ['a new optional field in a body', { wish: withProperties(wish, { quality: { type: 'string' } }) }],
    ['a field that is never null any more', { sitting: withProperties(sitting, { salle: { type: 'string' } }) }],
    ['an optional field that is always there', { sitting: { ...sitting, required: ['id', 'status', 'salle'] } }],
  ])('%s', (_, world) => {
    expect(findBreakingChanges(contract(), contract(world))).toEqual([]);
  });

  it('a new operation', () => {
    expect(findBreakingChanges({ paths: {} }, contract())).toEqual([]);
  });
});

describe('what breaks clients', () => {
  const { id: _id, ...withoutId } = sitting.properties ?? {};
  const { format: _format, ...withoutFormat } = wish.properties ?? {};
  it.each<[string, World, string]>([
    ['an operation less', { method: 'get' }, 'POST /x: removed'],
    ['an outcome less', { status: '201' }, 'POST /x 200: outcome removed'],
    ['another media type', { mime: 'text/html' }, 'POST /x 200: application/json removed'],
    ['a field less in an answer', { sitting: { ...sitting, properties: withoutId } }, 'POST /x 200.id: removed'],
    [
      'a field that may be absent',
      { sitting: { ...sitting, required: ['id'] } },
      'POST /x 200.status: may now be absent',
    ],
    [
      'a field that may be null',
      { sitting: withProperties(sitting, { id: { anyOf: [{ type: 'string' }, { type: 'null' }] } }) },
      'POST /x 200.id: may now be null',
    ],
    [
      'a field of another type',
      { sitting: withProperties(sitting, { id: { type: 'integer' } }) },
      'POST /x 200.id: string became integer',
    ],
    [
      'a value that no longer comes',
      { sitting: withProperties(sitting, { status: { type: 'string', enum: ['done'] } }) },
      'POST /x 200.status: value running removed',
    ],
    ['a parameter less', { parameters: [] }, 'POST /x parameter page: removed'],
    [
      'a parameter that must be given',
      { parameters: [page, { name: 'q', in: 'query', required: true }] },
      'POST /x parameter q: now required',
    ],
    [
      'a parameter of another type',
      { parameters: [{ ...page, schema: { type: 'string' } }] },
      'POST /x parameter page: integer became string',
    ],
    ['a field less in a body', { wish: { ...wish, properties: withoutFormat } }, 'POST /x body.format: removed'],
    ['a field that must be sent', { wish: { ...wish, required: ['format'] } }, 'POST /x body.format: now required'],
    [
      'a value that is no longer taken',
      { wish: withProperties(wish, { format: { type: 'string', enum: ['mp3'] } }) },
      'POST /x body.format: value m4a removed',
    ],
  ])('%s', (_, world, sentence) => {
    expect(findBreakingChanges(contract(), contract(world))).toContain(sentence);
  });
});
