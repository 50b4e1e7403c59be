// The law of the house, checked: one door a room, one direction, no circle.
// The order of the rooms is downstream → upstream: a room may import the doors of rooms that stand before it.
const ROOMS = [
  'portal',
  'sources',
  'debates',
  'speech',
  'ingest',
  'vault',
  'extraction',
  'streaming',
  'accounts',
  'library',
  'stats',
  'backup',
  'realtime',
  'feeds',
  'health',
  'demo',
];
const rooms = ROOMS.join('|');

const upstream = ROOMS.map((room, position) => ({
  name: `${room}-imports-upstream-only`,
  comment: `${room} may import only rooms that stand before it: ${ROOMS.slice(0, position).join(', ') || 'none'}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: '\\.test\\.ts$' },
  to: { path: `^src/(${ROOMS.slice(position + 1).join('|') || 'no-room-stands-after'})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
const configuration = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'one-door-a-room',
      comment: "another room is entered by its index.ts only (tests of a room may look at their own room's inside)",
      severity: 'error',
      from: { path: `^src/(${rooms})/` },
      to: { path: `^src/(${rooms})/`, pathNot: [`^src/$1/`, `^src/(${rooms})/index\\.ts$`] },
    },
    {
      name: 'doors-from-outside',
      comment: 'app, main and cli enter rooms by their door too',
      severity: 'error',
      from: { path: '^src/(app|main|cli/[^/]+)' },
      to: { path: `^src/(${rooms})/`, pathNot: `^src/(${rooms})/index\\.ts$` },
    },
    {
      name: 'platform-knows-no-room',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: `^src/(${rooms}|app|main|cli)` },
    },
    {
      name: 'platform-doors',
      comment: 'a part of platform is entered by its index.ts only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/' },
      to: { path: '^src/platform/[^/]+/', pathNot: '^src/platform/[^/]+/index\\.ts$' },
    },
    {
      name: 'only-the-top-sees-all',
      severity: 'error',
      from: { path: `^src/(${rooms}|platform)/` },
      to: { path: '^src/(app|catalogues|main|cli)' },
    },
    {
      name: 'no-test-in-product',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '(^tests/|\\.test\\.ts$)' },
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-undeclared-package',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    ...upstream,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};

export { configuration as default };
