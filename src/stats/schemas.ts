import { type Static, Type } from 'typebox';
import { DEBATE_SUMMARY_EXAMPLE, DebateSummarySchema } from '../debates/index.ts';
import { TREND_WINDOWS } from './trend.ts';

/** A chart has ten lines; fifty fill a page, and a hundred nobody reads. */
const SHOWN_MAX = 50;
export const SHOWN_DEFAULT = 20;

export const TrendingQuery = Type.Object(
  {
    window: Type.Optional(
      Type.Unsafe<(typeof TREND_WINDOWS)[number]>({
        type: 'string',
        enum: [...TREND_WINDOWS],
        default: 'week',
        description: 'A play loses half its weight in half of it',
      }),
    ),
    per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: SHOWN_MAX, default: SHOWN_DEFAULT })),
  },
  { additionalProperties: false },
);

const TRENDING_EXAMPLE = { rank: 1, score: 37.2, plays: 412, debate: DEBATE_SUMMARY_EXAMPLE };
export const TrendingDebate = Type.Object(
  {
    rank: Type.Integer({ description: 'From 1' }),
    score: Type.Number({ description: 'What its plays weigh now: 1 for one of this moment' }),
    plays: Type.Integer({ description: 'Since the beginning' }),
    debate: DebateSummarySchema,
  },
  { $id: 'TrendingDebate', examples: [TRENDING_EXAMPLE] },
);

const GLOBAL_EXAMPLE = {
  debates: 9_840,
  hours: 21_450.5,
  extractions: 9_912,
  views: 48_211,
  plays: 17_530,
  listeners: { today: 312, most_in_a_day: 1_904 },
};
export const GlobalStats = Type.Object(
  {
    debates: Type.Integer({ description: 'In the register' }),
    hours: Type.Number({ description: 'Of sound that can be listened to here' }),
    extractions: Type.Integer({ description: 'That brought the sound' }),
    views: Type.Integer({ description: 'Of debates, once a listener and half hour' }),
    plays: Type.Integer({ description: 'Of debates, once a listener and half hour' }),
    listeners: Type.Object({
      today: Type.Integer({ description: 'Different ones since midnight UTC, to about 2 %' }),
      most_in_a_day: Type.Integer({ description: 'Of all days' }),
    }),
  },
  { $id: 'GlobalStats', examples: [GLOBAL_EXAMPLE] },
);

const heard = {
  listened_seconds: Type.Integer({ description: 'To the minute at best' }),
  debates: Type.Integer(),
};
const USER_EXAMPLE = {
  listened_seconds: 51_240,
  debates: 14,
  debates_finished: 6,
  days: 11,
  current_streak_days: 3,
  longest_streak_days: 5,
  speakers: [{ speaker_id: 'PA9900001', name: 'Mme Hélène Vautrain', listened_seconds: 4_215, debates: 3 }],
  commissions: [{ name: 'Commission des finances', listened_seconds: 9_120, debates: 2 }],
};
export const UserStats = Type.Object(
  {
    ...heard,
    debates_finished: Type.Integer({ description: 'Heard to the end at least once' }),
    days: Type.Integer({ description: 'Days in Paris on which something was heard' }),
    current_streak_days: Type.Integer({ description: 'In a row up to today, or to yesterday' }),
    longest_streak_days: Type.Integer(),
    speakers: Type.Array(Type.Object({ speaker_id: Type.String(), name: Type.String(), ...heard }), {
      description: 'Most heard first, in the fifty debates heard last',
    }),
    commissions: Type.Array(Type.Object({ name: Type.String(), ...heard }), {
      description: 'Most heard first, in the fifty debates heard last',
    }),
  },
  { $id: 'UserStats', examples: [USER_EXAMPLE] },
);
export type UserStatsBody = Static<typeof UserStats>;
