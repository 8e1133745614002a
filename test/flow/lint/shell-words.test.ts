import { array, assert, constantFrom, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { parseShell } from '../../../src/flow/lint/shell-words.ts'

test.each([
  [
    'a b | c > out.csv',
    [
      ['a b', '', false],
      ['c', 'out.csv', true],
    ],
  ],
  ['ferry sql \'x y.sql\' --var a="b c" >out', [['ferry sql x y.sql --var a=b c', 'out', false]]],
  ['a && b; c || d & e', ['a', 'b', 'c', 'd', 'e'].map(name => [name, '', false])],
  ['cmd 2> err.log >> all.log > out', [['cmd', 'out', false]]],
  ['cmd > out 2>&1', [['cmd', 'out', false]]],
  ['cmd &> out < in', [['cmd', 'out', false]]],
  ['echo "$(date | cut -c 1) x" > $@', [['echo $(date | cut -c 1) x', '$@', false]]],
  [
    'for f in a b; do gzip $f; done | wc',
    [
      ['for f in a b', '', false],
      ['gzip $f', '', false],
      ['wc', '', true],
    ],
  ],
  [
    'a \\\n  b |\n c > d # > e',
    [
      ['a b', '', false],
      ['c', 'd', true],
    ],
  ],
  [
    'mkdir -p $(@D) && mv $(TMP_OUT) $@',
    [
      ['mkdir -p $(@D)', '', false],
      ['mv $(TMP_OUT) $@', '', false],
    ],
  ],
  ['awk \'{ print > "x" }\' in', [['awk { print > "x" } in', '', false]]],
])('%s', (text, expected) => {
  const found = parseShell(text).map(one => [
    one.words.join(' '),
    one.writes.join(' '),
    one.readsPipe,
  ])
  expect(found).toEqual(expected)
})

test('no text makes it throw or hang', () => {
  const odd = array(constantFrom(...Array.from('ab \'"\\$()`{}|&;<>\n#2'))).map(list =>
    list.join(''),
  )
  assert(property(odd, text => Array.isArray(parseShell(text))))
})

test('a quoted word comes back as it was', () => {
  assert(
    property(
      string({ minLength: 1 }).filter(text => !text.includes("'")),
      word => {
        expect(parseShell(`echo '${word}'`)[0]?.words).toEqual(['echo', word])
      },
    ),
  )
})
