export type DebateType = 'seance_publique' | 'commission' | 'audition' | 'question_gouvernement' | 'autre';

/**
 * The product's type of a recording, from what the portal says of it.
 * Codes other than S, QG and C are not known to exist: they fall to `autre`, and the raw code is kept beside.
 * With no code at all, the meeting id tells plenary (IDS) from commission (IDC).
 */
export function debateType(facts: {
  videoType: string | null;
  meetingId: string | null;
  title: string;
  description: string;
}): DebateType {
  switch (facts.videoType ?? codeFromMeeting(facts.meetingId)) {
    case 'S':
      return 'seance_publique';
    case 'QG':
      return 'question_gouvernement';
    case 'C':
      return isAudition(facts.title, facts.description) ? 'audition' : 'commission';
    default:
      return 'autre';
  }
}

function codeFromMeeting(meetingId: string | null): string | null {
  if (meetingId === null) return null;
  if (/IDS\d+$/.test(meetingId)) return 'S';
  return /IDC\d+$/.test(meetingId) ? 'C' : null;
}

/** The portal has no type for hearings: the title says it, or the first subject of the agenda. */
export function isAudition(title: string, description: string): boolean {
  const firstSubject = description.split('\n', 1)[0] ?? '';
  return [title, firstSubject].some((text) => /(?<!\p{L})auditions?(?!\p{L})/iu.test(text));
}
