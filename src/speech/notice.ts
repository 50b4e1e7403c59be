import type { Debate } from '../debates/index.ts';

/** What every transcript says of itself: the Assembly edits its record, and asks to be named with a link. */
export function noticeOf(debate: Debate): string {
  return [
    'Compte rendu édité par l’Assemblée nationale : ce n’est pas un verbatim.',
    'Record edited by the Assemblée nationale: it is not verbatim.',
    `Source : Assemblée nationale, ${debate.reportUrl ?? debate.pageUrl ?? 'https://www.assemblee-nationale.fr'}`,
  ].join('\n');
}
