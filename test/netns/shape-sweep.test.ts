import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseSysctlKey } from '../../plugin/sysctl/key.ts'
import { shapeProblem } from '../../plugin/sysctl/shape.ts'
import { callPlugin } from '../helpers/executable.ts'
import { addVeth, createNetns, isRoot, type Netns } from '../helpers/netns.ts'
import { everyWritable, tryValues } from '../helpers/writable.ts'

let netns: Netns
let trial: Netns

beforeAll(async () => {
  netns = await createNetns()
  trial = await createNetns()
  addVeth(netns)
  addVeth(trial)
})
afterAll(() => Promise.all([netns.close(), trial.close()]))

/** In a user namespace it has groups without a number there, which cannot be written back. */
const isTried = (name: string) => isRoot || name !== 'net.ipv4.ping_group_range'

const INTEGERS = /^-?\d+(\s+-?\d+)*$/

/** ADD of each value; returns the refused and the ignored ones with their messages. */
function add(values: ReadonlyMap<string, string>): unknown {
  const { status, stdout, stderr } = callPlugin(netns, 'ADD', { conf: { sysctl: Object.fromEntries(values) } })
  return { status, refused: status === 0 ? [] : stdout, told: stderr }
}

const FINE = { status: 0, refused: [], told: expect.not.stringMatching(/ sets only the first/) }

function changed(values: ReadonlyMap<string, string>, change: (value: string) => string): Map<string, string> {
  return new Map([...values].map(([name, value]) => [name, change(value)]))
}

describe.each(['as a new netns has them', 'once changed'])('every writable sysctl, %s', (when) => {
  let values: ReadonlyMap<string, string>

  beforeAll(() => {
    if (when === 'once changed') changeAll(netns)
    values = new Map([...everyWritable(netns)].filter(([name]) => isTried(name)))
  })

  test('takes the value that it shows', () => {
    expect(values.size).toBeGreaterThan(250)
    expect(add(values)).toEqual(FINE)
  })

  test('takes it with blanks more', () => {
    expect(add(changed(values, (value) => ` ${value.replaceAll('\t', ' \t ')}  `))).toEqual(FINE)
  })

  test('takes it in hexadecimal, where the kernel does', () => {
    const integers = [...values].filter(([, value]) => INTEGERS.test(value))
    const hex = new Map(integers.map(([name, value]) => [name, value.replace(/\d+/g, toHex)]))
    const taken = tryValues(trial, hex).filter(({ after }) => after !== undefined)
    expect(taken.length).toBeGreaterThan(200)
    expect(add(new Map(taken.map(({ name }) => [name, hex.get(name) as string])))).toEqual(FINE)
  })
})

describe('what is refused for its form, the kernel would refuse or cut', () => {
  test.each(['7', '0x7', '07', '-1', '7 8', '7,8', '7-9', 'x', '7 x', '7 # x', '1,2 3', 'ff', '0-1', '1\t2\t3\t4'])(
    '%j',
    (wanted) => {
      const values = everyWritable(trial)
      const tried = tryValues(
        trial,
        changed(values, () => wanted),
      )
      const refused = tried.filter(({ name, before }) => {
        return shapeProblem(parseSysctlKey(name), wanted, before)?.isRefused === true
      })
      const whole = refused.filter(({ after }) => after?.split(/\s+/).join(' ') === wanted.split(/\s+/).join(' '))
      expect(whole).toEqual([])
      // And the other way round: no value is accepted of which the kernel drops a word.
      const cut = tried.filter(({ name, before, after }) => {
        if (after === undefined || !INTEGERS.test(before)) return false
        const isCut = wanted.split(/\s+/).length > after.split(/\s+/).length
        return isCut && shapeProblem(parseSysctlKey(name), wanted, before) === undefined
      })
      expect(cut).toEqual([])
    },
  )
})

/** Values that a new netns does not have: lists with one number, masks, secrets, and each integer plus one. */
function changeAll(of: Netns): void {
  const own = {
    'net.ipv4.ip_local_reserved_ports': '8080',
    'net.ipv6.icmp.ratemask': '5',
    'net.ipv4.tcp_fastopen_key': '1-2-3-4',
    'net.ipv6.conf.default.stable_secret': '2001:db8::1',
  }
  const integers = [...everyWritable(of)].filter(([name, value]) => /^\d+$/.test(value) && isTried(name))
  const more = new Map(integers.map(([name, value]) => [name, String(BigInt(value) + 1n)]))
  tryValues(of, new Map([...more, ...Object.entries(own)]), 'keep')
}

function toHex(digits: string): string {
  return `0x${BigInt(digits).toString(16)}`
}

describe('a list that holds one number', () => {
  test.each([
    ['net.ipv4.ip_local_reserved_ports', '8080', '8080,9000-9002'],
    ['net.ipv6.icmp.ratemask', '5', '5,7-9'],
  ])('%s takes more than one: %s, and then %s', (name, one, more) => {
    for (const value of [one, more, one, '']) {
      expect(add(new Map([[name, value]]))).toEqual({ status: 0, refused: [], told: '' })
    }
  })
})

describe('no value is cut in silence', () => {
  test.each([
    ['net.ipv4.tcp_keepalive_time', '2 hours', 'one integer'],
    ['net.core.somaxconn', '16384 # big', 'one integer'],
    ['net.core.somaxconn', '65535 (default 4096)', 'one integer'],
    ['net.core.somaxconn', '16384 32768', 'one integer'],
    ['net.core.somaxconn', '16384,', 'one integer'],
    ['net.core.somaxconn', '1e4', 'one integer'],
    ['net.core.somaxconn', '', 'one integer'],
    ['net.ipv4.ip_local_port_range', '1024-65535', '2 integers separated by blanks'],
    ['net.ipv4.ip_local_port_range', '1024 65535 1', '2 integers separated by blanks'],
    ['net.ipv4.tcp_rmem', '4096 87380 x', '3 integers separated by blanks'],
  ])('%s = %j is refused before the first write', (name, value, form) => {
    const before = [...everyWritable(netns)]
    const sysctl = { 'net.ipv4.tcp_fin_timeout': 7, [name]: value }
    const { status, stdout } = callPlugin(netns, 'ADD', { conf: { sysctl } })
    expect([status, JSON.parse(stdout)]).toMatchObject([
      1,
      { code: 2, msg: `${name}: ${JSON.stringify(value)} must be ${form}` },
    ])
    expect([...everyWritable(netns)]).toEqual(before)
  })

  test.each([
    [
      'net.ipv4.tcp_rmem',
      '4096 87380',
      '"4096 87380" sets only the first 2 of 3 integers, the last one stays as before',
    ],
    ['net.ipv4.tcp_rmem', '4096', '"4096" sets only the first of 3 integers, the last 2 stay as before'],
    ['net.ipv4.ip_local_port_range', '2049', '"2049" sets only the first of 2 integers, the last one stays as before'],
  ])('%s = %j is written, and told', (name, value, told) => {
    const { status, stderr } = callPlugin(netns, 'ADD', { conf: { sysctl: { [name]: value } } })
    expect([status, stderr]).toEqual([0, `netns-sysctl: ${name}: ${told}\n`])
    expect(callPlugin(netns, 'CHECK', { conf: { sysctl: { [name]: value } } }).status).toBe(0)
  })

  test('CHECK reports what an ADD of before has let pass', () => {
    const { status, stdout } = callPlugin(netns, 'CHECK', { conf: { sysctl: { 'net.core.somaxconn': '4096 # x' } } })
    expect([status, JSON.parse(stdout)]).toMatchObject([
      1,
      { code: 102, msg: 'net.core.somaxconn: "4096 # x" must be one integer' },
    ])
  })
})
