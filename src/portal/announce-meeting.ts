import { type DebateType, isAudition } from './debate-type.ts';
import type { AgendaMeeting } from './parse-agenda.ts';

/** Whether listeners should be told of a meeting, and how. */
export type MeetingAnnouncement =
  | { announced: true; certain: boolean; type: DebateType }
  | { announced: false; reason: 'senate' | 'cancelled' | 'withdrawn' | 'unknown-state' | 'not-filmed' };

/**
 * Only the Assembly's own meetings that stand and that are filmed can be heard; a tentative one is shown as uncertain.
 * Sittings of the Senate are in the same dump with `captationVideo` true.
 */
export function announceMeeting(meeting: AgendaMeeting): MeetingAnnouncement {
  if (meeting.chamber === 'senat') return { announced: false, reason: 'senate' };
  if (meeting.state === 'unknown') return { announced: false, reason: 'unknown-state' };
  if (meeting.state === 'cancelled' || meeting.state === 'withdrawn')
    return { announced: false, reason: meeting.state };
  if (!meeting.filmed) return { announced: false, reason: 'not-filmed' };
  return { announced: true, certain: meeting.state === 'confirmed', type: typeOf(meeting) };
}

function typeOf(meeting: AgendaMeeting): DebateType {
  if (meeting.kind === 'sitting') return 'seance_publique';
  if (meeting.kind !== 'commission') return 'autre';
  // The typed point is rare (24 of thousands of meetings), so the wording decides as well.
  const hearing =
    meeting.points.some((point) => point.type?.startsWith('Audition')) || isAudition('', meeting.subjects[0] ?? '');
  return hearing ? 'audition' : 'commission';
}
