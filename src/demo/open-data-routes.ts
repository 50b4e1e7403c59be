import { createHash } from 'node:crypto';
import { page } from './documents.ts';
import { renderAgendaZip, renderDirectoryZip } from './formats/open-data.ts';
import { recordIdOf, renderSyceron } from './formats/syceron.ts';
import type { Representation } from './plan-answer.ts';
import type { Route, World } from './routes.ts';
import { filmedSittings } from './sitting.ts';

/** The Assembly's open data: records of sittings on its site, and the dumps of the agenda and of the directory. */
export function openDataRoutes({ sittings, file }: World): Route[] {
  return [
    {
      path: /^\/dyn\/opendata\/(?<id>CRSANR\w+)\.xml$/,
      find: ({ id = '' }, { pathname }) => {
        const sitting = filmedSittings(sittings()).find((candidate) => recordIdOf(candidate) === id);
        return sitting === undefined ? null : file(pathname, 'xml', renderSyceron(sitting, id), sitting.recording);
      },
    },
    {
      path: /^\/static\/openData\/repository\/17\/vp\/reunions\/Agenda\.json\.zip$/,
      find: () => dump(renderAgendaZip(sittings())),
    },
    {
      path: /^\/static\/openData\/repository\/17\/amo\/\w+\/AMO(?:10|30)_\w+\.json\.zip$/,
      find: () => dump(renderDirectoryZip(sittings())),
    },
  ];
}

/** Dumps have validators and ranges: whoever lost one half way goes on from there. */
function dump(bytes: Buffer): Representation {
  const etag = `"${createHash('sha1').update(bytes).digest('hex').slice(0, 16)}"`;
  return { ...page('zip', bytes), etag, acceptsRanges: true };
}
