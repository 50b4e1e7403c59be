import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { readYtDlpVersion } from './extraction/index.ts';
import { type Dependency, healthTexts } from './health/index.ts';
import type { House } from './house.ts';

const { texts } = healthTexts;

/** What the product works with, as `/health/detailed` tells it. Only without its database can it serve nothing. */
export function dependenciesOf(house: House): Dependency[] {
  return [database(house), redis(house), storage(house), disk(house), ffmpeg(house), ytDlp(house), portal(house)];
}

function database({ database: { kind, ping, pool } }: House): Dependency {
  return {
    name: 'database',
    required: true,
    look: async () => {
      await ping();
      const { size, waiting, limit } = pool();
      return { state: 'up', facts: { kind, connections: size, waiting, connections_limit: limit } };
    },
  };
}

function redis({ redis }: House): Dependency {
  return {
    name: 'redis',
    required: false,
    look: async () => {
      if (!redis) return { state: 'off' };
      await redis.ping();
      return { state: 'up' };
    },
  };
}

function storage({ vault, config }: House): Dependency {
  return {
    name: 'storage',
    required: false,
    look: async () => {
      await vault.ping();
      const freeBytes = await vault.freeBytes();
      // A disk that was mounted read-only after an error says so here.
      await access(config.dataDir, constants.R_OK | constants.W_OK);
      const kind = config.storage === undefined ? 'folder' : 's3';
      return { state: 'up', facts: { kind, free_bytes: freeBytes } };
    },
  };
}

function disk({ config }: House): Dependency {
  return {
    name: 'disk',
    required: false,
    look: async () => {
      const { bavail, blocks, bsize } = await statfs(config.dataDir);
      const facts = { free_bytes: bavail * bsize, total_bytes: blocks * bsize, floor_bytes: config.diskFloorBytes };
      if (facts.free_bytes >= config.diskFloorBytes) return { state: 'up', facts };
      return {
        state: 'low',
        facts,
        message: texts['disk-low'],
      };
    },
  };
}

function ffmpeg({ tools: { ffmpeg: found } }: House): Dependency {
  return {
    name: 'ffmpeg',
    required: false,
    look: async () => {
      if (found) return { state: 'up', facts: { version: found.version } };
      return {
        state: 'off',
        message: texts['ffmpeg-absent'],
      };
    },
  };
}

/** Within the time of a look; a slower answer is there for the next one, in ms. */
const VERSION_WAIT_MS = 1_000;

function ytDlp({ tools: { ytDlp: found }, clock }: House): Dependency {
  let version: Promise<string | null> | null = null;
  return {
    name: 'yt-dlp',
    required: false,
    look: async () => {
      if (!found) {
        return {
          state: 'off',
          message: texts['yt-dlp-absent'],
        };
      }
      // A second of Python: asked once, and only where somebody wants to know.
      version ??= readYtDlpVersion(found, clock);
      const known = await Promise.race([version, clock.sleep(VERSION_WAIT_MS).then(() => 'unknown')]);
      if (known === null) throw new Error('yt-dlp does not run');
      return { state: 'up', facts: { version: known } };
    },
  };
}

function portal({ contacts, config }: House): Dependency {
  return {
    name: 'portal',
    required: false,
    look: async () => {
      const { answeredAt, lastOutcome } = contacts.of('portal');
      const facts = { last_reached_at: answeredAt?.toISOString() ?? null, last_outcome: lastOutcome };
      if (lastOutcome === 'answered') return { state: 'up', facts };
      if (lastOutcome !== null) {
        return {
          state: 'low',
          facts,
          message: texts['portal-silent'],
        };
      }
      return config.roles.has('scheduler') && config.ingestEverySeconds !== null
        ? { state: 'unknown', facts }
        : {
            state: 'unknown',
            facts,
            message: texts['portal-not-followed'],
          };
    },
  };
}
