/**
 * Bundles src/ into dist/: one small entry, which answers `--version`, and one file with all the
 * rest, in which each command's modules run when it is called. One file, because Node's loader
 * takes longer for twenty chunks than V8 for a large file whose code is cached; docs/performance.md
 * has the figures. Pure-JavaScript dependencies are bundled; database drivers stay packages. A
 * cloud's SDK is a file of its own, which its store's driver loads: packed, it starts in a third of
 * the time, and nobody installs what their clouds do not need.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { glob, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire, isBuiltin } from 'node:module'
import { join } from 'node:path'
import { build, type BuildOptions, type Plugin } from 'esbuild'
import { transpileDeclaration } from 'typescript'

/** Modules of functions only, which are loaded when the first of them is called. */
const LOADED_BY_CALL = ['node:crypto', 'node:child_process', 'node:stream/consumers']
const DRIVERS = ['@duckdb/node-api', 'pg', 'pg-cursor', '@node-rs/crc32']
const load = createRequire(import.meta.url)

/**
 * `import { connect } from 'node:net'` as a look-up at run time. An ESM import of a built-in module
 * reads all its exports, and with them what they load by need: half of node:crypto, the terminal's
 * streams. And imports of drivers would be hoisted to the start of the one file.
 */
const loadedByNeed: Plugin = {
  name: 'loaded-by-need',
  setup(hooks) {
    hooks.onResolve({ filter: /^[@a-z]/ }, ({ path, kind }) => {
      if (!isBuiltin(path) && !DRIVERS.includes(path)) return undefined
      if (kind === 'require-call') return { external: true }
      const found = isBuiltin(path) ? `node:${path.replace(/^node:/, '')}` : path
      return { path: found, namespace: 'by-need', sideEffects: false }
    })
    hooks.onLoad({ filter: /./, namespace: 'by-need' }, ({ path }) => {
      const found: unknown = load(path)
      const names = Object.keys(Object(found)).filter(name => /^(?!default$)\w+$/.test(name))
      const source = isBuiltin(path) ? `process.getBuiltinModule('${path}')` : `require('${path}')`
      const head = LOADED_BY_CALL.includes(path)
        ? `const pick = name => new Proxy(() => {}, {
             apply: (_, self, rest) => ${source}[name](...rest),
             get: (_, key) => ${source}[name][key],
           });
           export default new Proxy({}, { get: (_, name) => ${source}[name] })`
        : `const found = ${source}; const pick = name => found[name]; export default found`
      // Numbered, as names such as `constants` may be reserved words elsewhere.
      const picks = names.map(
        (name, at) =>
          `const p${at} = /* @__PURE__ */ pick('${name}'); export { p${at} as ${name} }`,
      )
      return { contents: [head, ...picks].join('\n'), loader: 'js' }
    })
  },
}

/**
 * `src/clouds/NAME/sdk.ts` names what the drivers of a cloud (or a database) take from its SDK, and nothing of
 * Ferry; what of it few need is in `sdk-PART.ts`, as is what one driver alone takes, in its folder.
 */
const SDKS = await Array.fromAsync(glob('src/{clouds,databases,stores/drivers}/*/sdk{,-*}.ts'))

/** `src/clouds/aws/sdk-proxy.ts` becomes `sdk-aws-proxy`. */
function bundleOf(path: string): string {
  return path.replace(/^.*\/(\w+)\/sdk(.*)\.ts$/, 'sdk-$1$2')
}

/**
 * The import of an SDK from its driver, as the bundle finds it: by `require`, when the driver's module
 * runs. As an import it would be hoisted, and every command would load every SDK.
 */
const sdksAreBeside: Plugin = {
  name: 'sdks-are-beside',
  setup(hooks) {
    hooks.onResolve({ filter: /^\.[./\w]*\/sdk(-\w+)?\.ts$/ }, ({ path, resolveDir, kind }) => {
      const file = `./${bundleOf(join(resolveDir, path))}.js`
      if (kind === 'dynamic-import') return { path: file, external: true }
      return { path: file, namespace: 'beside' }
    })
    hooks.onResolve({ filter: /./, namespace: 'beside' }, ({ path }) => ({ path, external: true }))
    hooks.onLoad({ filter: /./, namespace: 'beside' }, ({ path }) => ({
      contents: `module.exports = require('${path}')`,
    }))
  },
}

/**
 * The one file is read as Latin-1 (src/cli/packed-start.ts). esbuild escapes what is beyond ASCII in
 * strings, but not in tagged templates, of which pages are made.
 */
const templatesAreAscii: Plugin = {
  name: 'templates-are-ascii',
  setup(hooks) {
    hooks.onLoad({ filter: /\/src\/dashboard\/.*\.ts$/ }, async ({ path }) => {
      const escape = (letter: string): string =>
        `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
      const text = await readFile(path, 'utf8')
      // oxlint-disable-next-line no-control-regex
      return { contents: text.replaceAll(/[^\u0000-\u007F]/g, escape), loader: 'ts' }
    })
  },
}

const REQUIRE =
  "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);"

const common: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'linked',
  loader: { '.mk': 'text' },
  plugins: [loadedByNeed],
  logLevel: 'warning',
}

await rm('dist', { recursive: true, force: true })
await build({
  ...common,
  format: 'cjs', // as V8's code cache is for scripts (src/cli/packed-start.ts)
  entryPoints: { start: 'src/cli/start.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  banner: {
    js: `const __url = process.getBuiltinModule('node:url').pathToFileURL(__filename).href;
         const __folder = process.getBuiltinModule('node:path').dirname(__filename);`,
  },
  define: { 'import.meta.url': '__url', 'import.meta.dirname': '__folder' },
  plugins: [templatesAreAscii, sdksAreBeside, loadedByNeed],
})
const packed = createHash('sha256').update(await readFile('dist/start.cjs'))
await build({
  ...common,
  entryPoints: { ferry: 'src/cli/main.ts' },
  outdir: 'dist',
  define: { FERRY_PACKED_HASH: JSON.stringify(packed.digest('hex').slice(0, 16)) },
  plugins: [
    {
      name: 'start-is-packed',
      setup(hooks) {
        hooks.onResolve({ filter: /^\.\/start\.ts$/ }, ({ resolveDir }) => ({
          path: join(resolveDir, 'packed-start.ts'),
        }))
      },
    },
    loadedByNeed,
  ],
})
// Threads of the collector: a file of their own, with no more than they need. They start once, and
// call node:crypto three times a request: nothing between is worth having.
await build({
  ...common,
  entryPoints: { 'collect-worker': 'src/collector/worker.ts' },
  outdir: 'dist',
  banner: { js: REQUIRE },
  plugins: [],
})
// What scans lines by vectors of WebAssembly, for both. As a program: the compiler's types would change
// those of all of TypeScript here (to it, `at` always finds something).
const options = '-O3 --noAssert --runtime stub --enable simd --enable bulk-memory'
const scanner = 'src/cruncher/scan/assembly/index.ts --outFile dist/crunch-scan.wasm'
execFileSync('asc', `${scanner} ${options}`.split(' '), { stdio: 'inherit' })
// What makes rows of events, and packs them, likewise.
for (const part of ['rows', 'packing']) {
  const file = part === 'rows' ? 'collect-rows' : 'collect-pack'
  const entry = `src/collector/${part}/assembly/index.ts --outFile dist/${file}.wasm`
  execFileSync('asc', `${entry} ${options}`.split(' '), { stdio: 'inherit' })
}
// Threads of the cruncher read stores themselves.
await build({
  ...common,
  entryPoints: { 'crunch-worker': 'src/cruncher/worker.ts' },
  outdir: 'dist',
  banner: { js: REQUIRE },
  plugins: [sdksAreBeside, loadedByNeed],
})
await build({
  ...common,
  entryPoints: Object.fromEntries(SDKS.map(path => [bundleOf(path), path])),
  outdir: 'dist',
  banner: { js: REQUIRE },
  plugins: [],
  // ES modules where a package has them: what is not used is left out.
  mainFields: ['module', 'main'],
  conditions: ['module', 'import'],
})

// The pages' scripts and styles: served as they are, no package beside them.
await build({
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
  entryPoints: [
    ...(await Array.fromAsync(glob('src/dashboard/browser/*.ts'))),
    ...(await Array.fromAsync(glob('src/dashboard/style/*.{css,svg}'))),
  ],
  entryNames: '[name]',
  outdir: 'dist/web',
  legalComments: 'linked',
  loader: { '.svg': 'copy' },
})

// ferry/tracker, for those who send: small, and nothing of Ferry in it.
const tracker: BuildOptions = {
  bundle: true,
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
}
await build({
  ...tracker,
  entryPoints: ['src/tracker/node/tracker.ts'],
  outfile: 'dist/tracker/node.js',
  format: 'esm',
  platform: 'node',
  target: 'node24',
})
await build({
  ...tracker,
  entryPoints: ['src/tracker/browser/tracker.ts'],
  outfile: 'dist/tracker/browser.js',
  format: 'esm',
  target: 'es2022',
})
await build({
  ...tracker,
  entryPoints: ['src/tracker/browser/script.ts'],
  outfile: 'dist/tracker/ferry-tracker.js',
  format: 'iife',
  target: 'es2022',
})
const API = 'src/tracker/api.ts'
const { outputText } = transpileDeclaration(await readFile(API, 'utf8'), { fileName: API })
const CREATE = 'export declare function createTracker(options: TrackerOptions): Tracker\n'
await writeFile('dist/tracker/tracker.d.ts', `${outputText}\n${CREATE}`)
