import type { Client } from 'pg';

/** Five legislatures of sittings: what the portal has held since it began. Titles and speakers are as long as real ones. */
export const DEBATES = 50_000;

export async function fillWithDebates(client: Client): Promise<void> {
  await client.query(
    `insert into debates (id, source, source_ref, meeting_id, title, title_key, description, type, sitting_state, has_audio, day,
       starts_at, sorts_at, duration_seconds, commission, commission_key, place, legislature, session, page_url, video_url,
       thumbnail_url, tags, speakers, speaker_ids, speaker_keys, search_text, facts_sha256)
     select id, 'portal', id, 'RUANR5L17S2026IDS' || n, title, lower(title), description,
       (array['seance_publique', 'commission', 'audition'])[1 + n % 3], 'ended', false, starts_at::date, starts_at, starts_at,
       3600 + n % 7200, 'Commission des finances', 'commission des finances', 'Hémicycle', 13 + n / 10001, null,
       'https://videos.example/video.' || id, null, null, array['Finances'], speakers, array['PA' || n], 'mme camille exemple',
       lower(title || ' ' || description), md5(id)
     from (
       select n, (10000000 + n) || '_' || substr(md5(n::text), 1, 13) as id,
         'Séance n° ' || n || ' : projet de loi de finances' as title, 'Suite de la discussion' as description,
         timestamptz '2007-06-20 15:00+02' + n * interval '3 hours' as starts_at,
         jsonb_build_array(jsonb_build_object('id', 's1', 'personId', 'PA' || n, 'name', 'Mme Camille Exemple', 'role', null))
           as speakers
       from generate_series(1, ${DEBATES}) n
     ) generated`,
  );
  await client.query('insert into debate_aliases (alias, debate_id) select id, id from debates');
  await client.query('vacuum analyze debates');
  await client.query('vacuum analyze debate_aliases');
}
