import type { ListedDebatesView } from '../debates/index.ts';
import type { TimedSpeechesView } from '../speech/index.ts';

export type StatsTables = ListedDebatesView &
  TimedSpeechesView & {
    play_scores: {
      debate_id: string;
      plays: number;
      trend_day: number;
      trend_week: number;
      trend_month: number;
    };
    listener_days: { day: string; registers: Buffer; listeners: number };
    heard_minutes: { account_id: string; debate_id: string; minutes: string; heard_at: Date };
    listening_days: { account_id: string; day: string };
  };
