import { hoursMinutesSeconds } from './clock-label.ts';
import { type Cue, isTimed } from './cue.ts';

/**
 * The transcript to read: `notice` on top, headings underlined, one paragraph a turn with the speaker's name and the
 * time when the turn begins. What has no time stands in its place without one.
 */
export function toText(cues: readonly Cue[], notice: string): string {
  const paragraphs: string[] = [notice.trim()];
  let turn: { name: string | null; sentences: string[] } | null = null;
  const closeTurn = (): void => {
    if (turn !== null) paragraphs.push(turn.sentences.join(' '));
    turn = null;
  };
  for (const cue of cues) {
    if (cue.kind === 'heading') {
      closeTurn();
      paragraphs.push(`${cue.text}\n${'='.repeat([...cue.text].length)}`);
    } else if (cue.kind === 'stage-direction' && turn !== null) {
      turn.sentences.push(cue.text);
    } else {
      const name = cue.kind === 'stage-direction' ? null : (cue.speaker?.name ?? null);
      if (turn === null || turn.name !== name) {
        closeTurn();
        turn = { name, sentences: [`${turnHead(cue, name)}${cue.text}`] };
      } else turn.sentences.push(cue.text);
    }
  }
  closeTurn();
  return `${paragraphs.join('\n\n')}\n`;
}

function turnHead(cue: Cue, name: string | null): string {
  const time = isTimed(cue) ? `[${hoursMinutesSeconds(cue.startsAtMs)}] ` : '';
  return name === null ? time : `${time}${name} : `;
}
