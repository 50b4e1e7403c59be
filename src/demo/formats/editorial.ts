import type { Sitting } from '../sitting.ts';
import { escapeHtml } from './escape.ts';
import { frenchDay, parisDay, parisTime } from './paris-time.ts';

/** Meetings before this hour stand in the programme of the evening before. */
const DAY_BEGINS_AT_HOUR = 6;

/**
 * `php/getedito.php`: today's programme, with the meetings that have no film yet. No `diffusion` at all on an empty
 * day. Texts are HTML, escaped; the plenary sitting has the organ `AN`.
 */
export function renderEditorial(sittings: readonly Sitting[], nowMs: number): string {
  const today = programmeDay(nowMs);
  const meetings = sittings
    .filter((sitting) => programmeDay(sitting.startsAtMs) === today)
    .toSorted((a, b) => a.startsAtMs - b.startsAtMs);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<editorial id="1" dateCreation="${seconds(nowMs - 3_600_000)}" dateModification="${seconds(nowMs)}" dateSuppression="" utilisateur="">`,
    `  <titre>${frenchDay(Date.parse(`${today}T12:00:00Z`))}</titre>`,
    '  <introduction>Programme du jour</introduction>',
    ...oneOfEachMeeting(meetings).flatMap(diffusionLines),
    '</editorial>',
    '',
  ].join('\n');
}

/** Two films of one meeting are one line of the programme. */
function oneOfEachMeeting(sittings: readonly Sitting[]): Sitting[] {
  return [...new Map(sittings.toReversed().map((sitting) => [sitting.meetingId, sitting])).values()].reverse();
}

function diffusionLines(sitting: Sitting, index: number): string[] {
  const { commission, meetingId, place, startsAtMs, stream, title } = sitting;
  const { hour, minute } = parisTime(startsAtMs);
  const subject = sitting.agenda.map((point) => `- ${point}<br>`).join('');
  const fields: [string, string][] = [
    ['id_organe', commission?.organId ?? '14000000'],
    ['libelle', commission?.label ?? 'Séance publique'],
    ['libelle_court', commission?.shortLabel ?? 'AN'],
    ['heure', `${hour}${minute}`],
    ['flux', String(stream)],
    ['sujet', subject],
    ['uid_referentiel', meetingId],
    ['lieu', place.label],
    ['lieu_ref', place.ref],
    ['programme_ratp', ''],
    ['teledistribution', ''],
    ['video_url', ''],
    ['indexation', ''],
    ['titre', title],
  ];
  return [
    `  <diffusion id="${index + 1}" dateCreation="${seconds(startsAtMs - 86_400_000)}" dateModification="" dateSuppression="" utilisateur="">`,
    ...fields.map(([name, value]) => (value === '' ? `    <${name}/>` : `    <${name}>${escapeHtml(value)}</${name}>`)),
    '  </diffusion>',
  ];
}

function programmeDay(timeMs: number): string {
  return parisDay(timeMs - DAY_BEGINS_AT_HOUR * 3_600_000);
}

function seconds(timeMs: number): number {
  return Math.floor(timeMs / 1000);
}
