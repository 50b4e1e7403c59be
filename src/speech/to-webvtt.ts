import { clockLabel } from './clock-label.ts';
import { type Cue, isTimed, type TimedCue } from './cue.ts';

/**
 * Captions as WebVTT (https://www.w3.org/TR/webvtt1/): voices named, stage directions in italics, interruptions in the
 * class `interruption`. Headings are left to the chapters; what has no time cannot be shown.
 * `notice` (attribution, and that the record is edited) goes into a comment at the top.
 */
export function toWebVtt(cues: readonly Cue[], notice: string): string {
  const blocks = cues
    .filter(isTimed)
    .filter(({ kind }) => kind !== 'heading')
    .map((cue, index) => `${index + 1}\n${timing(cue)}\n${payload(cue)}\n`);
  // A comment may hold neither "-->" nor an empty line.
  const comment = escapeMarkup(notice.replace(/\n\s*\n/g, '\n').trim());
  return `WEBVTT\n\nNOTE\n${comment}\n\n${blocks.join('\n')}`;
}

function timing(cue: TimedCue): string {
  return `${clockLabel(cue.startsAtMs, '.')} --> ${clockLabel(cue.endsAtMs, '.')}`;
}

function payload(cue: TimedCue): string {
  const text = escapeMarkup(oneLine(cue.text));
  if (cue.kind === 'stage-direction') return `<i>${text}</i>`;
  if (cue.speaker === null) return text;
  const voice = cue.kind === 'interruption' ? 'v.interruption' : 'v';
  return `<${voice} ${escapeMarkup(oneLine(cue.speaker.name))}>${text}`;
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
