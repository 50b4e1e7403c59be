import { type DebateSummary, presentSummary } from '../debates/index.ts';
import type { Collection, Entry } from './collection.ts';
import type { Favorite } from './favorites.ts';
import type { Heard } from './merge-positions.ts';
import type { StoredPosition } from './positions-store.ts';
import type { CollectionBody, PositionBody } from './schemas.ts';

type Summaries = ReadonlyMap<string, DebateSummary>;

function debateIn(summaries: Summaries, debateId: string) {
  const summary = summaries.get(debateId);
  return summary ? presentSummary(summary) : null;
}

export function presentFavorite(favorite: Favorite, summaries: Summaries) {
  return {
    debate_id: favorite.debateId,
    added_at: favorite.addedAt.toISOString(),
    debate: debateIn(summaries, favorite.debateId),
  };
}

export function presentCollection(collection: Collection, publicUrl: string): CollectionBody {
  const { shareToken } = collection;
  return {
    id: collection.id,
    name: collection.name,
    description: collection.description,
    position: collection.position,
    debate_count: collection.debateCount,
    share_url: shareToken === null ? null : `${publicUrl}/api/shared/collections/${shareToken}`,
    created_at: collection.createdAt.toISOString(),
    updated_at: collection.updatedAt.toISOString(),
  };
}

export function presentEntry(entry: Entry, summaries: Summaries) {
  return {
    debate_id: entry.debateId,
    position: entry.position,
    added_at: entry.addedAt.toISOString(),
    debate: debateIn(summaries, entry.debateId),
  };
}

export function presentHeard(heard: Heard) {
  return {
    position_ms: heard.positionMs,
    finished: heard.finished,
    device_id: heard.deviceId,
    recorded_at: isoOf(heard.recordedAtMs),
    heard_at: isoOf(heard.heardAtMs),
  };
}

export function presentPosition({ debateId, position, updatedAt }: StoredPosition): PositionBody {
  return {
    debate_id: debateId,
    ...presentHeard(position.latest),
    duration_ms: position.durationMs,
    furthest_ms: position.furthestMs,
    finished_at: position.finishedAtMs === null ? null : isoOf(position.finishedAtMs),
    updated_at: updatedAt.toISOString(),
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
