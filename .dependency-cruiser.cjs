// Who may import whom: a file imports from its own folder or from a lower rank.
// core 0, formats 1, clouds, engines and templates 2, rooms 3, migrate 4, cli 5.
const engines = '(stores|queues|databases|templates)'
const rooms = '(flow|models|collector|cruncher|objects|shell|mirror|pull|loader|quality|dashboard)'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-imports-nothing-of-ferry',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/(?!core/)' },
    },
    {
      name: 'formats-import-core-only',
      severity: 'error',
      from: { path: '^src/formats/' },
      to: { path: '^src/(?!core/|formats/)' },
    },
    {
      name: 'engines-import-lower-ranks-only',
      severity: 'error',
      from: { path: `^src/${engines}/` },
      to: { path: '^src/', pathNot: '^src/(core|formats|clouds)/|^src/$1/' },
    },
    {
      name: 'clouds-import-core-and-formats-only',
      comment: 'what stores and queues of one cloud share: transport, credentials, signatures',
      severity: 'error',
      from: { path: '^src/clouds/' },
      to: { path: '^src/(?!core/|formats/|clouds/)' },
    },
    {
      name: 'clouds-are-for-drivers',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(clouds|stores|queues|pull)/' },
      to: { path: '^src/clouds/' },
    },
    {
      name: 'pull-speaks-http-and-knows-no-cloud',
      severity: 'error',
      from: { path: '^src/pull/' },
      to: { path: '^src/clouds/(?!http/)' },
    },
    {
      name: 'a-room-never-imports-another',
      severity: 'error',
      from: { path: `^src/${rooms}/` },
      to: {
        path: '^src/',
        pathNot: `^src/(core|formats|clouds|stores|queues|databases|templates)/|^src/$1/`,
      },
    },
    {
      name: 'the-tracker-stands-alone',
      comment: 'it is sent to browsers: nothing of Ferry and no package is in it',
      severity: 'error',
      from: { path: '^src/tracker/' },
      to: { pathNot: '^src/tracker/|^[a-z_]+$|^node:' },
    },
    {
      name: 'only-its-node-folder-knows-node',
      severity: 'error',
      from: { path: '^src/tracker/', pathNot: '^src/tracker/node/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'its-platforms-are-two',
      severity: 'error',
      from: { path: '^src/tracker/(?!node/)' },
      to: { path: '^src/tracker/node/' },
    },
    {
      name: 'nothing-imports-the-tracker',
      severity: 'error',
      from: { path: '^(src|bin)/', pathNot: '^src/tracker/' },
      to: { path: '^src/tracker/' },
    },
    {
      name: 'nothing-imports-cli',
      severity: 'error',
      from: { path: '^src/(?!cli/)' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'only-open-imports-drivers',
      comment: 'an engine is loaded when its URL asks for it',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot:
          '^src/[a-z]+/(open-[a-z]+\\.ts$|drivers/)|^src/databases/(duckdb|postgres|redshift|mssql|synapse|mysql)/',
      },
      to: {
        path: '^src/[a-z]+/drivers/|^src/databases/(duckdb|postgres|redshift|mssql|synapse|mysql)/',
      },
    },
    {
      name: 'vendor-packages-in-drivers-only',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot:
          '/drivers/|^src/clouds/|^src/databases/(duckdb|postgres|redshift|mssql|synapse|mysql)/',
      },
      to: {
        path: 'node_modules/(@duckdb|pg|pg-cursor|pg-copy-streams|mysql2|tedious|@aws-sdk|@smithy|@azure|@google-cloud)/',
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
    },
  },
}
