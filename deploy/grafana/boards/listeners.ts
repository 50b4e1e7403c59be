import type { Board } from '../board.ts';
import { perSecond } from './selectors.ts';

const answered = (selector: string): string =>
  perSecond(`robian_http_request_duration_seconds_count{status=~"2..", ${selector}}`);

export const listenersBoard: Board = {
  uid: 'robian-listeners',
  title: 'Robian: listeners’ activity',
  description: 'What listeners do. Numbers only: nothing here tells of anybody.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Follow the news',
          kind: 'number',
          unit: 'short',
          columns: 6,
          series: [{ expr: 'sum by (kind) (robian_realtime_connections)', legend: '{{kind}}' }],
        },
        {
          title: 'Sound on its way',
          kind: 'number',
          unit: 'Bps',
          columns: 6,
          series: [{ expr: `sum(${perSecond('robian_audio_sent_bytes_total')})`, legend: 'sent' }],
        },
        {
          title: 'Listen to what is not extracted yet',
          description: 'Relayed from the Assembly’s server; at most 20 for a process.',
          kind: 'number',
          unit: 'short',
          columns: 6,
          series: [{ expr: 'sum(robian_audio_relays)', legend: 'relays' }],
        },
        {
          title: 'Plays in a day',
          description: 'A listener counts once for a debate and half hour.',
          kind: 'number',
          unit: 'short',
          columns: 6,
          series: [{ expr: 'sum(increase(robian_attention_total{kind="play"}[1d]))', legend: 'plays' }],
        },
      ],
    },
    {
      title: 'Listening',
      panels: [
        {
          title: 'Views and plays, in an hour',
          kind: 'lines',
          unit: 'short',
          columns: 8,
          series: [{ expr: 'sum by (kind) (increase(robian_attention_total[1h]))', legend: '{{kind}}' }],
        },
        {
          title: 'Sound sent',
          kind: 'areas',
          unit: 'Bps',
          columns: 8,
          series: [{ expr: `sum by (origin) (${perSecond('robian_audio_sent_bytes_total')})`, legend: '{{origin}}' }],
        },
        {
          title: 'Pieces of stored sound',
          kind: 'lines',
          unit: 'cps',
          columns: 8,
          series: [{ expr: `sum(${perSecond('robian_audio_answers_total')})`, legend: 'answers' }],
        },
      ],
    },
    {
      title: 'Looking around',
      panels: [
        {
          title: 'Lists and debates',
          kind: 'areas',
          unit: 'reqps',
          columns: 8,
          series: [
            {
              expr: `sum by (route) (${answered('route=~"/api/debates/?(:debate_id|live|recent)?"')})`,
              legend: '{{route}}',
            },
          ],
        },
        {
          title: 'Searches',
          kind: 'areas',
          unit: 'reqps',
          columns: 8,
          series: [{ expr: `sum by (route) (${answered('route=~"/api/(debates/)?search.*"')})`, legend: '{{route}}' }],
        },
        {
          title: 'Words of a sitting',
          kind: 'areas',
          unit: 'reqps',
          columns: 8,
          series: [
            {
              expr: `sum by (route) (${answered('route=~"/api/debates/:debate_id/(chapters|transcript.*|speaking-time)"')})`,
              legend: '{{route}}',
            },
          ],
        },
        {
          title: 'New accounts and sign-ins',
          kind: 'lines',
          unit: 'reqps',
          columns: 8,
          series: [
            {
              expr: `sum by (route) (${answered('route=~"/api/auth/(device|register|login|upgrade)"')})`,
              legend: '{{route}}',
            },
          ],
        },
        {
          title: 'Library: favourites, collections, positions',
          kind: 'lines',
          unit: 'reqps',
          columns: 8,
          series: [
            {
              expr: `sum by (method, route) (${answered('route=~"/api/(favorites|collections|positions).*"')})`,
              legend: '{{method}} {{route}}',
            },
          ],
        },
        {
          title: 'Connections that follow the news',
          kind: 'areas',
          unit: 'short',
          columns: 8,
          series: [{ expr: 'sum by (kind) (robian_realtime_connections)', legend: '{{kind}}' }],
        },
      ],
    },
  ],
};
