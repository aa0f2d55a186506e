import { describe, expect, test } from 'vitest'
import { parseRequest } from '../../../plugin/cni/request.ts'
import { problemsOf } from '../../helpers/errors.ts'
import { createFakeOs } from '../../helpers/fake-os.ts'
import { CONTAINER, envOf } from '../../helpers/requests.ts'

function parse(env: Readonly<Record<string, string>>) {
  return parseRequest(createFakeOs({ env }))
}

test.each(['ADD', 'CHECK', 'DEL'])('%s is for an attachment', (command) => {
  expect(parse(envOf(command))).toEqual({
    command,
    containerId: 'c1',
    ifName: 'eth0',
    netns: CONTAINER,
    args: new Map(),
    mayBeOwnNetns: false,
  })
})

test.each(['GC', 'STATUS', 'VERSION'])('%s asks for no other variable', (command) => {
  expect(parse({ CNI_COMMAND: command })).toEqual({ command })
})

test.each(['VERSION', 'GC', 'STATUS'])('%s does not look at the other variables', (command) => {
  expect(parse({ CNI_COMMAND: command, CNI_IFNAME: 'a/b', CNI_CONTAINERID: '..' })).toEqual({ command })
})

test.each(['add', 'Add', 'ADD ', 'UPDATE', '__proto__'])('the command %j is not known', (command) => {
  expect(problemsOf(() => parse({ CNI_COMMAND: command }))).toEqual([
    {
      code: 4,
      msg: `CNI_COMMAND ${JSON.stringify(command)} is not known`,
      details: 'known are ADD, CHECK, DEL, GC, STATUS and VERSION, in capitals',
    },
  ])
})

describe('missing and invalid variables', () => {
  test.each([
    ['ADD', 'CNI_CONTAINERID, CNI_NETNS, CNI_IFNAME'],
    ['CHECK', 'CNI_CONTAINERID, CNI_NETNS, CNI_IFNAME'],
    ['DEL', 'CNI_CONTAINERID, CNI_IFNAME'],
  ])('of %s are all named', (command, names) => {
    expect(problemsOf(() => parse({ CNI_COMMAND: command }))).toEqual([
      {
        code: 4,
        msg: `required environment variables missing: ${names}`,
        details: `a container runtime sets these for ${command}`,
      },
    ])
  })

  test('are named together', () => {
    const env = { CNI_COMMAND: 'ADD', CNI_CONTAINERID: '../x', CNI_NETNS: '', CNI_IFNAME: 'a/b' }
    expect(problemsOf(() => parse(env))).toEqual([
      {
        code: 4,
        msg:
          'required environment variables missing: CNI_NETNS; ' +
          'CNI_CONTAINERID "../x" must be letters, digits, "_", "." and "-", and start with a letter or digit; ' +
          'CNI_IFNAME "a/b" has an invalid character: "/", ":", a blank or a control character',
        details: 'a container runtime sets these for ADD',
      },
    ])
  })

  test('do not include CNI_NETNS on DEL nor CNI_PATH', () => {
    const env = { CNI_COMMAND: 'DEL', CNI_CONTAINERID: 'c1', CNI_IFNAME: 'eth0', CNI_NETNS: '' }
    expect(parse(env)).toEqual({
      command: 'DEL',
      containerId: 'c1',
      ifName: 'eth0',
      netns: '',
      args: new Map(),
      mayBeOwnNetns: false,
    })
  })
})

test.each([
  ['1', true],
  ['true', true],
  ['TRUE', true],
  ['', false],
  ['0', false],
  ['false', false],
  ['yes', false],
])('CNI_NETNS_OVERRIDE=%s allows the own netns: %s', (value, mayBeOwnNetns) => {
  expect(parse({ ...envOf('ADD'), CNI_NETNS_OVERRIDE: value })).toMatchObject({ mayBeOwnNetns })
})

test('CNI_ARGS are taken apart, whatever is in them', () => {
  expect(parse({ ...envOf('ADD'), CNI_ARGS: 'IgnoreUnknown=1;;x;MAC=0a:58:0a:f4:01:02' })).toMatchObject({
    args: new Map([
      ['IgnoreUnknown', '1'],
      ['MAC', '0a:58:0a:f4:01:02'],
    ]),
  })
})
