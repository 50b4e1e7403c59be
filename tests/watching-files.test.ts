import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { NO_PROBE, QUICK } from '../deploy/grafana/boards/selectors.ts';
import { BOARDS, staleDashboards } from '../deploy/grafana/generate.ts';

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; runbook_url: string };
}
interface GrafanaPanel {
  id: number;
  type: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource: unknown;
  targets: { refId: string; expr: string }[];
}
interface RuleTest {
  alert_rule_test: { alertname: string; exp_alerts: unknown[] }[];
}

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const filesOf = (pattern: string): string[] => globSync(pattern, { cwd: ROOT }).sort();

const rules = filesOf('deploy/prometheus/rules/*.yml').flatMap((file) =>
  (parse(read(file)) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules),
);
const cases = filesOf('deploy/prometheus/tests/*.yml').flatMap((file) =>
  (parse(read(file)) as { tests: RuleTest[] }).tests.flatMap((test) => test.alert_rule_test),
);
const pages = filesOf('docs/runbooks/*.md').map((file) => basename(file, '.md'));

describe('alerts', () => {
  it('are those that were promised', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    expect(rules.map(({ alert }) => alert)).toEqual(
      expect.arrayContaining([
        ...['SlowAnswers', 'ErrorRate', 'DiskAlmostFull', 'ExtractionFailures', 'QueueTooLong', 'NothingIngested'],
        ...['CertificateNearItsEnd', 'BackupTooOld', 'ReplicationDown', 'RedisDown', 'DeadLetters', 'InstanceDown'],
      ]),
    );
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))('%s has a page to read at night', (alert, rule) => {
    expect(['page', 'ticket']).toContain(rule.labels.severity);
    expect(rule.annotations.summary).not.toBe('');
    expect(rule.annotations.runbook_url).toMatch(new RegExp(`/docs/runbooks/${alert}\\.md$`));
    const page = read(`docs/runbooks/${alert}.md`);
    expect(page).toContain(`Severity: ${rule.labels.severity}.`);
    expect([...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual([
      'What it means',
      'How to look',
      'What to do',
    ]);
    for (const section of page.split(/^## .*$/m).slice(1)) expect(section.trim().length).toBeGreaterThan(40);
    expect(read('docs/runbooks/README.md')).toContain(`| [${alert}](${alert}.md)`);
  });

  it.each(rules.map(({ alert }) => alert))('%s has a case in which it fires, and one in which it does not', (alert) => {
    const of = cases.filter(({ alertname }) => alertname === alert);
    expect(of.filter(({ exp_alerts }) => exp_alerts.length > 0)).not.toEqual([]);
    expect(of.filter(({ exp_alerts }) => exp_alerts.length === 0)).not.toEqual([]);
  });

  it('have all pages that there are, and pages link to pages', () => {
    expect(pages).toEqual([...rules.map(({ alert }) => alert), 'README'].sort());
    for (const page of pages) {
      for (const [, linked = ''] of read(`docs/runbooks/${page}.md`).matchAll(/\]\((\w+)\.md\)/g)) {
        expect(pages).toContain(linked);
      }
    }
  });

  it('count as the dashboards count', () => {
    const exprOf = (alert: string): string => rules.find((rule) => rule.alert === alert)?.expr ?? '';
    expect(exprOf('SlowAnswers')).toContain(QUICK);
    expect(exprOf('ErrorRate')).toContain(NO_PROBE);
  });

  it('that follow from another are named as they are', () => {
    const config = parse(read('deploy/alertmanager/alertmanager.yml')) as {
      inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
    };
    const named = config.inhibit_rules.flatMap(({ source_matchers, target_matchers }) =>
      [...source_matchers, ...target_matchers].flatMap(
        (matcher) => /^alertname=~?"(.*)"$/.exec(matcher)?.[1]?.split('|') ?? [],
      ),
    );
    expect(named.length).toBeGreaterThan(10);
    for (const alert of named) expect(rules.map((rule) => rule.alert)).toContain(alert);
  });
});

describe('dashboards', () => {
  it('are five, and the committed files are what the program makes', () => {
    expect(BOARDS.map(({ uid }) => uid)).toHaveLength(5);
    const { stale, left } = staleDashboards();
    expect([...stale, ...left]).toEqual([]);
  });

  it('say of each panel what Grafana needs to place it and to fill it', () => {
    for (const file of filesOf('deploy/grafana/dashboards/*.json')) {
      const { uid, panels } = JSON.parse(read(file)) as { uid: string; panels: GrafanaPanel[] };
      expect(basename(file)).toBe(`${uid}.json`);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      const taken = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
      );
      expect(new Set(taken).size, `${uid}: panels lie upon each other`).toBe(taken.length);
      for (const { type, gridPos, datasource, targets } of panels) {
        expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
        if (type === 'row') continue;
        expect(datasource).toEqual({ type: 'prometheus', uid: '$datasource' });
        expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
        for (const { expr } of targets) expect(expr).not.toBe('');
      }
    }
  });

  it('are provisioned: from the folder that Compose mounts, with a data source of the kind they ask for', () => {
    const provisioned = (path: string): unknown => parse(read(`deploy/grafana/provisioning/${path}/robian.yml`));
    expect(provisioned('datasources')).toMatchObject({
      apiVersion: 1,
      datasources: expect.arrayContaining([
        expect.objectContaining({ uid: 'prometheus', type: 'prometheus', url: 'http://prometheus:9090' }),
      ]),
    });
    expect(provisioned('dashboards')).toMatchObject({
      apiVersion: 1,
      providers: [{ type: 'file', options: { path: '/var/lib/grafana/dashboards' } }],
    });
  });

  it('fill rows of 24 columns and no more', () => {
    for (const { uid, rows } of BOARDS) {
      for (const { title, panels } of rows) {
        const columns = panels.reduce((sum, panel) => sum + panel.columns, 0);
        expect([uid, title, columns % 24]).toEqual([uid, title, 0]);
      }
    }
  });
});
