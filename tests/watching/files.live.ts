import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEPLOY, deployed, replaced } from './deployed-files.ts';

const run = (command: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd: DEPLOY, timeout: 60_000 });
  return { status, said: `${stdout}${stderr}` };
};

describe('what is deployed', () => {
  it('is a configuration that Prometheus reads, rules included', () => {
    const { status, said } = run(
      'promtool',
      'check',
      'config',
      '--lint=all',
      '--lint-fatal',
      'prometheus/prometheus.yml',
    );
    expect(said).toMatch(/SUCCESS: \d+ rules found/);
    expect(status, said).toBe(0);
  });

  it.each(globSync('prometheus/tests/*.yml', { cwd: DEPLOY }))('fires when it should and only then: %s', (file) => {
    const { status, said } = run('promtool', 'test', 'rules', file);
    expect(status, said).toBe(0);
  });

  it('is a configuration for Kubernetes that Prometheus reads, but for its discovery, which Debian leaves out', () => {
    const folder = mkdtempSync(join(tmpdir(), 'robian-watching-'));
    const file = join(folder, 'prometheus.yml');
    const discovery = /kubernetes_sd_configs: \[.*\]/g;
    writeFileSync(
      file,
      replaced(deployed('kubernetes/monitoring/prometheus.yml'), [[discovery, 'static_configs: []']]),
    );
    const { status, said } = run('promtool', 'check', 'config', file);
    rmSync(folder, { recursive: true });
    expect(status, said).toBe(0);
  });

  it('is a configuration that Alertmanager reads', () => {
    const { status, said } = run('amtool', 'check-config', 'alertmanager/alertmanager.yml');
    expect(status, said).toBe(0);
  });

  it('is a way of knocking that the blackbox exporter reads', () => {
    const { status, said } = run(
      'prometheus-blackbox-exporter',
      '--config.check',
      '--config.file=prometheus/blackbox.yml',
    );
    expect(status, said).toBe(0);
  });

  it.each([
    ['page', ['alertname=ErrorRate', 'severity=page']],
    ['page', ['alertname=RedisDown', 'severity=page', 'job=redis']],
    ['ticket', ['alertname=DeadLetters', 'severity=ticket']],
    ['ticket', ['alertname=SomethingNew']],
  ])('routes to %s: %j', (receiver, labels) => {
    const config = join('alertmanager', 'alertmanager.yml');
    const { status, said } = run(
      'amtool',
      ...['config', 'routes', 'test', `--config.file=${config}`, `--verify.receivers=${receiver}`, ...labels],
    );
    expect(status, said).toBe(0);
  });
});
