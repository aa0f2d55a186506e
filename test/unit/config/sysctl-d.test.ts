import { expect, test } from 'vitest'
import type { Problem } from '../../../plugin/cni/error.ts'
import { parseSysctlLines } from '../../../plugin/config/sysctl-d.ts'

function parse(text: string) {
  const problems: Problem[] = []
  const lines = parseSysctlLines(text, 'annotation x', problems)
  return { lines: lines.map(({ name, value }) => `${name}=${value}`), problems }
}

test.each([
  ['', []],
  ['\n \n\t\r\n', []],
  ['net.core.somaxconn = 16384', ['net.core.somaxconn=16384']],
  ['net.core.somaxconn=16384\r\n', ['net.core.somaxconn=16384']],
  ['  net.a.b\t=\t1 2\t3  \n', ['net.a.b=1 2\t3']],
  ['# one\n; two\n  # three\nnet.a.b=1', ['net.a.b=1']],
  ['-net.a.b = 1\nnet/a/c = 2', ['-net.a.b=1', 'net/a/c=2']],
  ['net.a.b =', ['net.a.b=']],
  ['net.a.b=1\nnet.a.b=2', ['net.a.b=1', 'net.a.b=2']],
])('%j is %j', (text, lines) => {
  expect(parse(text)).toEqual({ lines, problems: [] })
})

test.each([
  ['net.a.b', 'net.a.b'],
  ['net.a.b 1', 'net.a.b 1'],
  ['= 1', '= 1'],
  [' =', '='],
  ['net.a b = 1', 'net.a b = 1'],
  ['- net.a.b = 1', '- net.a.b = 1'],
  ['x'.repeat(100), 'x'.repeat(80)],
])('%j is refused with the number of its line', (line, shown) => {
  expect(parse(`net.a.a=1\n\n${line}\nnet.a.z=2`)).toEqual({
    lines: ['net.a.a=1', 'net.a.z=2'],
    problems: [
      {
        code: 7,
        msg: `annotation x, line 3: ${JSON.stringify(shown)} is not "name = value"`,
        details: 'one "name = value" a line, as in sysctl.d(5)',
        at: ['line', 3],
      },
    ],
  })
})
