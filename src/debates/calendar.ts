import type { Debate } from './debate.ts';

/** Lines longer than this many octets are folded (RFC 5545 §3.1). */
const FOLD_OCTETS = 75;
/** Clients ask again about this often; sittings move from one day to the next. */
const REFRESH = 'PT1H';

/** Sittings as an iCalendar stream (RFC 5545), in the order given. Times are UTC, so that no time zone need be carried. */
export function renderCalendar(debates: readonly Debate[], words: { name: string; source: string }): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//RobianAPI//Séances//FR',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escapeText(words.name)}`,
    `REFRESH-INTERVAL;VALUE=DURATION:${REFRESH}`,
    ...debates.flatMap((debate) => eventOf(debate, words.source)),
    'END:VCALENDAR',
  ];
  return `${lines.map(fold).join('\r\n')}\r\n`;
}

function eventOf(debate: Debate, source: string): string[] {
  const { startsAt, durationSeconds, commission, place, pageUrl } = debate;
  const end = startsAt && durationSeconds !== null ? new Date(startsAt.getTime() + durationSeconds * 1000) : null;
  return [
    'BEGIN:VEVENT',
    // For ever the same debate, whatever becomes of its title and hour.
    `UID:${debate.id}@robianapi`,
    `DTSTAMP:${utc(debate.updatedAt)}`,
    startsAt === null ? `DTSTART;VALUE=DATE:${debate.day.replaceAll('-', '')}` : `DTSTART:${utc(startsAt)}`,
    ...(end === null ? [] : [`DTEND:${utc(end)}`]),
    `SUMMARY:${escapeText(commission === null ? debate.title : `${commission} : ${debate.title}`)}`,
    `DESCRIPTION:${escapeText([debate.description, source].filter(Boolean).join('\n'))}`,
    ...(place === null ? [] : [`LOCATION:${escapeText(place)}`]),
    ...(pageUrl === null ? [] : [`URL:${pageUrl}`]),
    `CATEGORIES:${escapeText(debate.type)}`,
    `STATUS:${debate.isCertain ? 'CONFIRMED' : 'TENTATIVE'}`,
    'END:VEVENT',
  ];
}

/** `20261006T191505Z` */
function utc(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** RFC 5545 §3.3.11; control characters have no place in a text. */
function escapeText(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\p{Cc}--\n]/gv, ' ')
    .replaceAll(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n');
}

/** Cuts between characters, never inside one. */
function fold(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > FOLD_OCTETS) {
      parts.push(part);
      // What follows a fold begins with a space, which counts.
      part = ' ';
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...parts, part].join('\r\n');
}
