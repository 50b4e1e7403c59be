import { toParisIso } from '../platform/clock/index.ts';
import { type AgendaMeeting, announceMeeting, type PortalAddresses } from '../portal/index.ts';
import type { Announcement, Provenance } from '../sources/index.ts';

/** What to do about a meeting of the agenda. */
export type AgendaDecision =
  | { kind: 'announce'; announcement: Announcement }
  | { kind: 'cancel'; meetingId: string }
  /** Not for listeners (the Senate's, not filmed), or over: what was filmed is known by its recording. */
  | { kind: 'leave' };

/** A sitting that began earlier than this is over or has a recording; one that began later may still be announced late. */
const BEGUN_AT_MOST_MS = 12 * 3_600_000;

/** Reads a meeting for listeners. `organNames` are those of the directory; an organ may be in no dump. */
export function decideMeeting(
  meeting: AgendaMeeting,
  context: {
    now: Date;
    organNames: ReadonlyMap<string, string>;
    addresses: PortalAddresses;
    provenance: Provenance;
  },
): AgendaDecision {
  const { now, organNames, addresses, provenance } = context;
  const startsAt = new Date(meeting.startsAt);
  if (now.getTime() - startsAt.getTime() > BEGUN_AT_MOST_MS) return { kind: 'leave' };
  const decision = announceMeeting(meeting);
  if (!decision.announced) {
    const struck = decision.reason === 'cancelled' || decision.reason === 'withdrawn';
    return struck ? { kind: 'cancel', meetingId: meeting.id } : { kind: 'leave' };
  }
  const plenary = meeting.kind === 'sitting';
  const organName = organNames.get(meeting.organId ?? '') ?? null;
  return {
    kind: 'announce',
    announcement: {
      origin: 'agenda',
      isCertain: decision.certain,
      meetingId: meeting.id,
      title: titleOf(meeting, organName),
      description: meeting.subjects.join('\n'),
      type: decision.type,
      startsAt: toParisIso(startsAt),
      commission: plenary ? null : organName,
      place: meeting.place,
      thumbnailUrl: addresses.organImage(plenary ? null : meeting.organId),
      provenance,
    },
  };
}

/** As the portal titles its videos: the rank of a sitting in its day, then its first subject. */
function titleOf(meeting: AgendaMeeting, organName: string | null): string {
  const [subject] = meeting.subjects;
  if (meeting.kind !== 'sitting') return subject ?? organName ?? 'Réunion';
  const rank =
    meeting.dayRank === null ? 'Séance publique' : `${meeting.dayRank === 1 ? '1ère' : `${meeting.dayRank}ème`} séance`;
  return subject === undefined ? rank : `${rank} : ${subject}`;
}
