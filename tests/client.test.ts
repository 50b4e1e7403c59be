import { expect, test } from 'vitest';
import { answerOf, createRobianClient, RobianError } from '../clients/typescript/index.ts';

const problem = {
  type: 'https://robian.example/docs/errors/debates/not-found',
  title: 'Débat inconnu',
  status: 404,
  detail: 'Aucun débat ne porte l’identifiant « x ».',
  instance: '1',
  code: 'debates/not-found',
};

/** A client of a server that answers this, and the requests it made. */
function clientOf(answer: () => Response, options: { token?: () => string | null; language?: string } = {}) {
  const requests: Request[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    requests.push(request);
    return answer();
  };
  return { client: createRobianClient({ baseUrl: 'https://robian.example', fetch, ...options }), requests };
}

test('the client asks for its token each time, speaks its language, and takes what a call says instead', async () => {
  const tokens = ['one', null, 'three'];
  const { client, requests } = clientOf(() => Response.json([]), {
    token: () => tokens.shift() ?? null,
    language: 'en',
  });
  await client.GET('/api/debates', { params: { query: { type: ['commission', 'audition'] } } });
  await client.GET('/api/debates/live');
  await client.GET('/api/debates/live', { headers: { authorization: 'Bearer mine', 'accept-language': 'fr' } });
  expect(requests.map(({ url }) => url)[0]).toBe('https://robian.example/api/debates?type=commission&type=audition');
  expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer one', null, 'Bearer mine']);
  expect(requests.map(({ headers }) => headers.get('accept-language'))).toEqual(['en', 'en', 'fr']);
});

test('an error answer is thrown with its code, and one that is not ours with its status', async () => {
  const path = { debate_id: 'x' };
  const ours = clientOf(() => Response.json(problem, { status: 404 }));
  const asked = answerOf(ours.client.GET('/api/debates/{debate_id}', { params: { path } }));
  await expect(asked).rejects.toMatchObject({ status: 404, problem, message: `debates/not-found: ${problem.detail}` });
  const proxy = clientOf(() => new Response('<html>', { status: 502 }));
  const lost = answerOf(proxy.client.GET('/api/debates/live'));
  await expect(lost).rejects.toMatchObject({ status: 502, problem: null, message: 'HTTP 502' });
  await expect(lost).rejects.toBeInstanceOf(RobianError);
});
