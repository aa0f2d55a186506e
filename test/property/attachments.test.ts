import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planSettings } from '../../plugin/plan/plan.ts'
import { reapply } from '../../plugin/state/reapply.ts'
import { type Answered, ask, CONTAINER, DATA_DIR } from '../helpers/requests.ts'
import { runs } from '../helpers/runs.ts'
import { SCOPE, toSettings } from '../helpers/settings.ts'

// Attachments of one container come and go, are added again, and get other values by apply, in any order.

type Values = Readonly<Record<string, number>>

const ORIGINAL = { 'net.core.somaxconn': '4096', 'net.ipv4.ip_forward': '0', 'net.ipv4.tcp_keepalive_time': '7200' }
const NAMES = Object.keys(ORIGINAL)

const wanted = (minKeys: number) =>
  fc.dictionary(fc.constantFrom(...NAMES), fc.integer({ min: 0, max: 3 }), { minKeys })

/** Few attachments, sysctls and values, so that they often want the same. Each asks something at first, so it has a record. */
const step = fc
  .constantFrom({ verb: 'ADD', minKeys: 1 }, { verb: 'apply', minKeys: 0 }, { verb: 'DEL', minKeys: 0 })
  .chain(({ verb, minKeys }) =>
    fc.record({
      verb: fc.constant(verb),
      ifName: fc.constantFrom('eth0', 'eth1', 'eth2'),
      wanted: wanted(minKeys),
    }),
  )

interface Living {
  readonly ifName: string
  /** What its ADD has asked: a runtime repeats it as it was. Other wishes would be those of another entry of the chain. */
  readonly asked: Values
  /** The values that it has set, and has not left to others for good. */
  readonly values: Values
}

/** The attachments after a step, in the order in which their values count. */
function expectLiving(living: readonly Living[], verb: string, ifName: string, wanted: Values): readonly Living[] {
  const index = living.findIndex((each) => each.ifName === ifName)
  const later = living.slice(index + 1)
  const isTaken = (name: string) => index >= 0 && later.some(({ values }) => name in values)
  const { values, asked } = living[index] ?? { values: {}, asked: wanted }
  const others = living.toSpliced(index, index < 0 ? 0 : 1)
  if (verb === 'DEL') return others
  if (verb === 'ADD')
    return [...others, { ifName, asked, values: { ...pick(values, (name) => !isTaken(name)), ...asked } }]
  const kept = pick(values, (name) => name in wanted && isTaken(name))
  return living.with(index, { ifName, asked, values: { ...kept, ...pick(wanted, (name) => !isTaken(name)) } })
}

function pick(values: Values, isPicked: (name: string) => boolean): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => isPicked(name)))
}

/** Each value is from the last one that lives and has set it, else the original. */
function expectValues(living: readonly Living[]): Record<string, string> {
  return Object.assign({}, ORIGINAL, ...living.map(({ values }) => pick(values, () => true)).map(wordEach))
}

function wordEach(values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}

function carryOut(verb: string, ifName: string, wanted: Values, after: Answered | undefined): Answered {
  if (verb !== 'apply' || after === undefined) {
    const conf = { name: `net-${ifName}`, sysctl: wanted }
    return ask(verb, { env: { CNI_IFNAME: ifName }, conf, ...(after !== undefined && { after }) })
  }
  after.os.enterNetns({ path: CONTAINER, fd: 0, id: CONTAINER })
  reapply(after.os, {
    attachment: { network: `net-${ifName}`, containerId: 'c1', ifName, entry: 'chained' },
    dataDir: DATA_DIR,
    netns: { path: CONTAINER, fd: 0, id: CONTAINER },
    plan: planSettings(toSettings(wanted), SCOPE),
    formerly: new Map(),
    isForced: false,
    isDryRun: false,
  })
  after.os.leaveNetns()
  return after
}

function valuesOf({ os }: Answered): Record<string, string | undefined> {
  return Object.fromEntries(NAMES.map((name) => [name, os.textOf(CONTAINER, `/proc/sys/${name.replaceAll('.', '/')}`)]))
}

test('each value is that of the last attachment that lives and has set it, and the original one after the last DEL', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 10 }), (steps) => {
      let living: readonly Living[] = []
      let last: Answered | undefined
      const all = [...steps, ...['eth0', 'eth1', 'eth2'].map((ifName) => ({ verb: 'DEL', ifName, wanted: {} }))]
      for (const { verb, ifName, wanted } of all) {
        const own = living.find((each) => each.ifName === ifName)
        if (verb !== 'ADD' && own === undefined) continue
        living = expectLiving(living, verb, ifName, wanted)
        last = carryOut(verb, ifName, verb === 'ADD' ? (own?.asked ?? wanted) : wanted, last)
        expect([last.exitCode, last.os.stderr(), valuesOf(last)]).toEqual([0, '', expectValues(living)])
      }
      const files = [...(last?.os.state.shared.keys() ?? [])]
      expect(files.filter((path) => path.startsWith(`${DATA_DIR}/containers`))).toEqual([])
    }),
    runs(500),
  )
})
