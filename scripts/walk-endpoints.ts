export interface Step {
  path: string;
  /** What is wrong with the answer; null when nothing is. */
  problem: string | null;
}

/** A first answer of an instance that has just been started, in ms. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Asks the operations that every client begins with, in their order; stops where going on has no sense. */
export async function walkEndpoints(base: string): Promise<Step[]> {
  const steps: Step[] = [];
  const step = async (path: string, check: (body: unknown) => string | null): Promise<unknown> => {
    const { body, problem } = await get(`${base.replace(/\/+$/, '')}${path}`);
    steps.push({ path, problem: problem ?? check(body) });
    return body;
  };
  await step('/health/', (body) => (isObject(body) && body.status === 'healthy' ? null : 'it is not healthy'));
  const debates = await step('/api/debates/', (body) => (Array.isArray(body) ? null : 'not an array'));
  if (!Array.isArray(debates) || debates.length === 0) return steps;
  const [first] = debates as unknown[];
  const id = isObject(first) ? String(first.id) : '';
  const isFirst = (name: string) => (body: unknown) =>
    isObject(body) && body[name] === id ? null : `its ${name} is not ${id}`;
  await step(`/api/debates/${encodeURIComponent(id)}`, isFirst('id'));
  await step(`/api/streaming/${encodeURIComponent(id)}/info`, isFirst('debate_id'));
  return steps;
}

async function get(url: string): Promise<{ body: unknown; problem: string | null }> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    const body: unknown = await answer.json();
    return { body, problem: answer.status === 200 ? null : `status ${answer.status}` };
  } catch (error) {
    return { body: undefined, problem: error instanceof Error ? error.message : String(error) };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
