import { describe, expect, test } from 'vitest'
import { parsePluginConf } from '../../../plugin/config/conf.ts'
import { parseCniVersion, parseNetworkName } from '../../../plugin/config/network.ts'
import { readStdin } from '../../../plugin/config/stdin.ts'
import { problemsOf } from '../../helpers/errors.ts'
import { formatConf } from '../../helpers/requests.ts'

function read(stdin: string) {
  return readStdin({ readStdin: () => stdin })
}

function parse(changes: Readonly<Record<string, unknown>>) {
  return parsePluginConf(read(formatConf(changes)))
}

describe('the version of the protocol', () => {
  test.each([
    ['{"cniVersion":"0.4.0"}', '0.4.0'],
    ['{"CNIVersion":"1.1.0"}', '1.1.0'],
    ['{"cniVersion":null}', '0.1.0'],
    ['{"cniVersion":""}', '0.1.0'],
    ['{}', '0.1.0'],
  ])('of %s is %s', (stdin, version) => {
    expect(parseCniVersion(read(stdin))).toBe(version)
  })

  test.each([
    ['"1.2.0"', 1],
    ['"1.0"', 1],
    ['" 1.0.0"', 1],
    ['1', 6],
    ['["1.0.0"]', 6],
    ['{}', 6],
    ['false', 6],
  ])('%s is refused with code %i', (cniVersion, code) => {
    expect(problemsOf(() => parseCniVersion(read(`{"cniVersion":${cniVersion}}`)))).toEqual([
      {
        code,
        msg: `cniVersion ${cniVersion} is not supported`,
        details: 'supported are 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0',
      },
    ])
  })
})

test.each([
  ['cniVersion', parseCniVersion],
  ['name', parseNetworkName],
])('%s under two names is refused, and a long one is shown in part', (name, parseMember) => {
  const [upper, lower] = [name.toUpperCase(), name.toLowerCase()]
  expect(problemsOf(() => parseMember(read(`{"${upper}":"a","${lower.replace('n', 'N')}":"b"}`)))).toMatchObject([
    { msg: `${name} is duplicated, given as ${upper} and ${lower.replace('n', 'N')}` },
  ])
  const [problem] = problemsOf(() => parseMember(read(`{"${name}":"${'*'.repeat(100)}"}`)))
  expect(problem?.msg.replace(/[^*]/g, '')).toBe('*'.repeat(79))
})

describe('the name of the network', () => {
  test.each([
    ['{}', 'is missing'],
    ['{"name":""}', 'is missing'],
    ['{"name":null}', 'is missing'],
    ['{"name":7}', '7 must be a string'],
    ['{"name":"a/b"}', '"a/b" must be letters, digits, "_", "." and "-", and start with a letter or digit'],
    ['{"name":".."}', '".." must be letters, digits, "_", "." and "-", and start with a letter or digit'],
  ])('of %s %s', (stdin, reason) => {
    expect(problemsOf(() => parseNetworkName(read(stdin)))).toEqual([
      { code: 7, msg: `the network's name ${reason}`, details: 'it is the member "name" of the conflist' },
    ])
  })

  test('may be spelled in another case', () => {
    expect(parseNetworkName(read('{"Name":"net1"}'))).toBe('net1')
  })
})

describe('the configuration', () => {
  test('has its settings in order, those of args.cni at the end', () => {
    const sysctl = { 'net.b': '1', 'net.a': 2, '-net.c': true }
    expect(parse({ args: { cni: { sysctl: { 'net.z': 3 } } }, sysctl }).settings).toEqual([
      { name: 'net.b', value: '1', origin: 'network' },
      { name: 'net.a', value: 2, origin: 'network' },
      { name: '-net.c', value: true, origin: 'network' },
      { name: 'net.z', value: 3, origin: 'args' },
    ])
  })

  test.each([
    ['is empty', {}],
    ['has null everywhere', { sysctl: null, args: null }],
    ['has args without cni', { args: { other: 1 } }],
    ['has args.cni that is null', { args: { cni: null } }],
    ['has args.cni without sysctl', { args: { cni: { ips: [] } } }],
    ['has unknown members', { sysctls: 1, runtimeConfig: { portMappings: 1 }, ipMasq: true }],
  ])('sets nothing if it %s', (_, changes) => {
    expect(parse(changes).settings).toEqual([])
  })

  test('matches known members without regard to case', () => {
    const { settings, prevResult } = parsePluginConf(
      read('{"NAME":"n","SysCtl":{"net.a":1},"Args":{"CNI":{"SYSCTL":{"net.b":1}}},"PREVRESULT":{ "x":1 }}'),
    )
    expect(settings.map(({ name }) => name)).toEqual(['net.a', 'net.b'])
    expect(prevResult).toBe('{ "x":1 }')
  })

  test('has the text of prevResult as it was given', () => {
    expect(parsePluginConf(read('{"name":"n","prevResult": {"a" : 1.0e2 }}')).prevResult).toBe('{"a" : 1.0e2 }')
  })

  test.each(['{"name":"n"}', '{"name":"n","prevResult":null}', '{"name":"n","PrevResult":null}'])(
    'has no prevResult in %s',
    (stdin) => {
      expect(parsePluginConf(read(stdin)).prevResult).toBe(undefined)
    },
  )

  test('keeps __proto__ as a name like any other', () => {
    const { settings } = parsePluginConf(read('{"name":"n","sysctl":{"__proto__":"1","constructor":"2"}}'))
    expect(settings).toEqual([
      { name: '__proto__', value: '1', origin: 'network' },
      { name: 'constructor', value: '2', origin: 'network' },
    ])
  })
})

describe('what is not of the schema is refused', () => {
  const VALUE = 'must be a string, an integer or a boolean, not'
  test.each([
    [{ sysctl: [] }, 'sysctl must be an object of names and values, not an array'],
    [{ sysctl: 'net.a=1' }, 'sysctl must be an object of names and values, not "net.a=1"'],
    [{ sysctl: { 'net.a': 1.5 } }, `sysctl["net.a"] ${VALUE} 1.5`],
    [{ sysctl: { 'net.a': 2 ** 53 } }, `sysctl["net.a"] ${VALUE} 9007199254740992`],
    [{ sysctl: { 'net.a': null } }, `sysctl["net.a"] ${VALUE} null`],
    [{ sysctl: { 'net.a': {} } }, `sysctl["net.a"] ${VALUE} an object`],
    [{ sysctl: { 'net.a': [1] } }, `sysctl["net.a"] ${VALUE} an array`],
    [{ Sysctl: { a: null } }, `sysctl.a ${VALUE} null`],
    [{ args: 1 }, 'args must be an object, not 1'],
    [{ args: { cni: 'x' } }, 'args.cni must be an object, not "x"'],
    [{ args: { cni: { sysctl: { 'net.a': null } } } }, `args.cni.sysctl["net.a"] ${VALUE} null`],
    [{ prevResult: [] }, 'prevResult must be an object, not an array'],
    [{ prevResult: false }, 'prevResult must be an object, not false'],
  ])('%j', (changes, msg) => {
    expect(problemsOf(() => parse(changes))).toEqual([{ code: 6, msg }])
  })

  test('a long value is shown in part', () => {
    const [problem] = problemsOf(() => parse({ args: 'x'.repeat(1000) }))
    expect(problem?.msg).toBe(`args must be an object, not "${'x'.repeat(79)}`)
  })
})

test('every problem is reported, in order', () => {
  const stdin = `{
  "name": "a/b",
  "sysctl": {"net.a": 1.5, "net.b": 1, "net.b": 2, "net.c": null},
  "args": {"cni": {"Sysctl": 1, "SYSCTL": 2}},
  "prevResult": 7
}`
  expect(problemsOf(() => parsePluginConf(read(stdin))).map(({ code, msg }) => `${code} ${msg}`)).toEqual([
    '7 the network\'s name "a/b" must be letters, digits, "_", "." and "-", and start with a letter or digit',
    '7 sysctl["net.b"] is duplicated, given again in line 3, column 40',
    '6 sysctl["net.a"] must be a string, an integer or a boolean, not 1.5',
    '6 sysctl["net.c"] must be a string, an integer or a boolean, not null',
    '6 prevResult must be an object, not 7',
    '7 args.cni.sysctl is duplicated, given as Sysctl and SYSCTL',
  ])
})
