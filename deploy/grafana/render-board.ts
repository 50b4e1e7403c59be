import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueGraphMode,
  type DataSourceRef,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Board, Panel } from './board.ts';

/** Chosen at the top of the page; provisioning offers one. */
const SOURCE: DataSourceRef = { type: 'prometheus', uid: '$datasource' };
/** Rows of Grafana's grid, 30 pixels each: a number is read at a glance, lines need room. */
const NUMBER_HEIGHT = 4;
const LINES_HEIGHT = 8;
/** Percent: lines that lie under others stay visible. */
const FILL = { lines: 8, areas: 40 };

/** The dashboard as Grafana 9 and later read it from a file. */
export function renderBoard(board: Board): Dashboard {
  const builder = new DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags(['robian'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .timezone('Europe/Paris')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'));
  let id = 0;
  for (const { title, panels } of board.rows) {
    id += 1;
    builder.withRow(new RowBuilder(title).id(id));
    for (const panel of panels) {
      id += 1;
      builder.withPanel((panel.kind === 'number' ? numberPanel(panel) : linesPanel(panel)).id(id));
    }
  }
  return builder.build();
}

function numberPanel(panel: Panel): StatBuilder {
  return new StatBuilder()
    .title(panel.title)
    .description(panel.description ?? '')
    .datasource(SOURCE)
    .unit(panel.unit)
    .height(NUMBER_HEIGHT)
    .span(panel.columns)
    .noValue('–')
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(thresholdsOf(panel))
    .targets(queriesOf(panel));
}

function linesPanel(panel: Panel): TimeseriesBuilder {
  const areas = panel.kind === 'areas';
  return new TimeseriesBuilder()
    .title(panel.title)
    .description(panel.description ?? '')
    .datasource(SOURCE)
    .unit(panel.unit)
    .height(LINES_HEIGHT)
    .span(panel.columns)
    .min(0)
    .fillOpacity(areas ? FILL.areas : FILL.lines)
    .stacking(new StackingConfigBuilder().mode(areas ? StackingMode.Normal : StackingMode.None))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .thresholds(thresholdsOf(panel))
    .targets(queriesOf(panel));
}

function queriesOf({ kind, series }: Panel): Builder<Dataquery>[] {
  return series.map(({ expr, legend }, position) => {
    const query = new DataqueryBuilder()
      .datasource(SOURCE)
      .refId(String.fromCharCode('A'.charCodeAt(0) + position))
      .expr(expr)
      .legendFormat(legend);
    return kind === 'number' ? query.instant() : query.range();
  });
}

function thresholdsOf({ limits }: Panel): ThresholdsConfigBuilder {
  const steps = [
    { value: null, color: 'green' },
    ...(limits === undefined
      ? []
      : [
          { value: limits.amber, color: 'orange' },
          { value: limits.red, color: 'red' },
        ]),
  ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}
