/** Everything that shows several debates. */
export const DEBATES_TAG = 'debates';

/** Everything that shows this debate, by its own id. */
export function debateTag(id: string): string {
  return `debate:${id}`;
}

/**
 * What an event of any room changes for whoever keeps answers: news of a debate itself shows in lists, news of its extraction
 * on the debate only.
 */
export function changedTags(event: { type: string; data: Readonly<Record<string, unknown>> }): string[] {
  const { debate_id: id } = event.data;
  if (typeof id !== 'string') return [];
  return event.type.startsWith('debate_') ? [DEBATES_TAG, debateTag(id)] : [debateTag(id)];
}
