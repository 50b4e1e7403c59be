import { expect, it } from 'vitest';
import { renderApiPage } from '../../scripts/api-page.ts';

it('shows each operation with what it promises, takes and answers, and each schema', () => {
  const page = renderApiPage({
    paths: {
      '/api/things/{thing_id}': {
        put: {
          tags: ['things'],
          summary: 'Une chose / A thing',
          description: 'Ici / là. / Here / there.',
          parameters: [{ name: 'thing_id', in: 'path', required: true, schema: { type: 'string', maxLength: 9 } }],
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
          responses: {
            200: {
              description: 'a | b',
              content: { 'application/json': { schema: { type: 'array', items: { $ref: 'x/Thing' } } } },
            },
            204: { description: 'Gone' },
            404: { content: { 'application/problem+json': { examples: { 'things/none': {} } } } },
          },
          'x-rate-limit': { name: 'things', requests: 3, window_seconds: 60 },
          'x-idempotent': true,
          'x-scope': 'things:write',
          'x-role': 'operator',
        },
      },
      '/open': { post: { responses: {}, 'x-rate-limit': null, 'x-idempotent': false, 'x-scope': null } },
    },
    components: {
      schemas: {
        Thing: {
          type: 'object',
          required: ['size'],
          properties: {
            size: { type: 'integer', minimum: 0, default: 1, description: 'In <m>' },
            kind: { anyOf: [{ enum: ['a', 'b'] }, { type: 'null' }] },
            place: { type: 'object', properties: { x: {}, y: {} } },
            one: { const: 1 },
          },
          examples: [{ size: 1 }],
        },
        Name: { type: ['string', 'null'], format: 'uri' },
      },
    },
  });
  expect(page).toContain('- **things** : [`PUT /api/things/{thing_id}`](#put-apithingsthing_id)');
  expect(page).toContain('### PUT /api/things/{thing_id}\n\n**Une chose / A thing**\n\nIci / là.\n\n*Here / there.*');
  expect(page).toContain(
    '3 en / in 60 s (`things`) · idempotent · jeton de portée / token with scope `things:write`, rôle / role `operator`',
  );
  expect(page).toContain('| `thing_id` | path, obligatoire / required | string ≤ 9 car. / chars |  |');
  expect(page).toContain('Corps / Body:\n\n[Thing](#thing)');
  expect(page).toContain('| 200 | `application/json` [[Thing](#thing)] | a \\| b |');
  expect(page).toContain('| 204 |  | Gone |');
  expect(page).toContain('| 404 | [`things/none`](errors/things/none.md) |  |');
  expect(page).toContain('non compté / not counted · non idempotent / not idempotent · sans jeton / without a token');
  expect(page).toContain('| `size` |  | integer ≥ 0, = 1 | In &lt;m> |');
  expect(page).toContain('| `kind` | facultatif / optional | `a` \\| `b` \\| null |  |');
  expect(page).toContain('| `place` | facultatif / optional | { `x`, `y` } |  |');
  expect(page).toContain('```json\n{\n  "size": 1\n}\n```');
  expect(page).toContain('### Name\n\nstring \\| null (uri)');
});
