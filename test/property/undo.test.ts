import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ifNameProblem } from '../../plugin/cni/names.ts'
import { formatFlatName, formatRecordName, parseFlatName, parseRecordName } from '../../plugin/state/attachment.ts'
import { parseRecord } from '../../plugin/state/parse-record.ts'
import { anyText, jsonText, mutated } from '../helpers/arbitraries.ts'
import { type Answered, ask, CONTAINER, DATA_DIR, ETH0, RECORD } from '../helpers/requests.ts'
import { runs } from '../helpers/runs.ts'

const RUNS = runs(500)

const PATHS = ['/proc/sys/net/core/somaxconn', '/proc/sys/net/ipv4/ip_forward', '/proc/sys/net/ipv4/tcp_keepalive_time']
const NAMES = ['net.core.somaxconn', 'net.ipv4.ip_forward', 'net.ipv4.tcp_keepalive_time']
const ORIGINAL = ['4096', '0', '7200']

/** The values of an attachment: few sysctls and few values, so that two attachments often want the same. */
const sysctl = fc.dictionary(fc.constantFrom(...NAMES), fc.integer({ min: 0, max: 3 }), { minKeys: 1 })
const attachments = fc.uniqueArray(
  fc.record({ network: fc.constantFrom('net', 'net1', '1net'), ifName: fc.constantFrom('eth', 'eth1', 'eth0') }),
  {
    minLength: 2,
    maxLength: 4,
    selector: ({ network, ifName }) => `${network} ${ifName}`,
  },
)

interface Attachment {
  readonly network: string
  readonly ifName: string
  readonly sysctl: Readonly<Record<string, number>>
}

function call(command: string, { network, ifName, sysctl }: Attachment, after: Answered | undefined): Answered {
  const asked = { env: { CNI_IFNAME: ifName }, conf: { name: network, sysctl } }
  return ask(command, after === undefined ? asked : { ...asked, after })
}

const valuesOf = ({ os }: Answered) => PATHS.map((path) => os.textOf(CONTAINER, path))

/** The values while some attachments exist: each from the last one that has set it, else the original. */
function expected(living: readonly Attachment[]): (string | undefined)[] {
  return NAMES.map((name, index) => {
    const last = living.findLast((attachment) => name in attachment.sysctl)
    return last === undefined ? ORIGINAL[index] : String(last.sysctl[name])
  })
}

test('whatever order attachments are deleted in, each value stays while one that set it lives, and is restored then', () => {
  fc.assert(
    fc.property(
      attachments,
      fc.array(sysctl, { minLength: 4, maxLength: 4 }),
      fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
      (all, wanted, order) => {
        const living: Attachment[] = all.map((attachment, index) => ({ ...attachment, sysctl: wanted[index] ?? {} }))
        let last = living.reduce<Answered | undefined>(
          (after, attachment) => call('ADD', attachment, after),
          undefined,
        ) as Answered
        expect(valuesOf(last)).toEqual(expected(living))
        for (const pick of order.slice(0, all.length)) {
          const [gone] = living.splice(pick % living.length, 1)
          last = call('DEL', gone as Attachment, last)
          expect([last.exitCode, last.os.stderr(), valuesOf(last)]).toEqual([0, '', expected(living)])
          for (const attachment of living.filter(({ ifName }) => ifName === 'eth0')) {
            expect(call('CHECK', attachment, last).stdout).toBe('')
          }
        }
        expect([valuesOf(last), last.os.list(DATA_DIR)]).toEqual([ORIGINAL, []])
      },
    ),
    RUNS,
  )
})

test('an ADD that is tried again, with other values, is undone to what was there first', () => {
  fc.assert(
    fc.property(fc.array(sysctl, { minLength: 1, maxLength: 4 }), (tries) => {
      const attachment = (wanted: Readonly<Record<string, number>>) => ({
        network: 'net1',
        ifName: 'eth0',
        sysctl: wanted,
      })
      const added = tries.reduce<Answered | undefined>(
        (after, wanted) => call('ADD', attachment(wanted), after),
        undefined,
      )
      const { exitCode, os } = call('DEL', attachment({}), added)
      expect([exitCode, PATHS.map((path) => os.textOf(CONTAINER, path))]).toEqual([0, ORIGINAL])
    }),
    RUNS,
  )
})

test('sysctls and attributes of the interface are restored together', () => {
  const link = fc.record(
    {
      mac: fc.constantFrom('02:00:00:00:00:09', '5a-00-00-00-00-01'),
      mtu: fc.integer({ min: 68, max: 65535 }),
      promisc: fc.boolean(),
      allmulti: fc.boolean(),
      txQLen: fc.nat(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(link, sysctl, fc.boolean(), (attributes, wanted, restoreOnDel) => {
      const conf = { ...attributes, sysctl: wanted, restoreOnDel }
      const added = ask('ADD', { conf })
      expect([added.exitCode, ask('CHECK', { after: added, conf }).stdout]).toEqual([0, ''])
      const written = valuesOf(added)
      const deleted = ask('DEL', { after: added, conf })
      expect([deleted.exitCode, deleted.os.linkOf(CONTAINER, 'eth0')]).toEqual([0, ETH0])
      expect(valuesOf(deleted)).toEqual(restoreOnDel ? ORIGINAL : written)
    }),
    RUNS,
  )
})

const id = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,8}$/)
const ifName = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(...'eth0.-@%;é😀~\\'), minLength: 1, maxLength: 15 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  )
  .filter((text) => ifNameProblem(text) === undefined)

test('the name of a record gives back its attachment, and is one file in the folder', () => {
  fc.assert(
    fc.property(id, id, ifName, fc.constantFrom('first', 'chained'), (network, containerId, name, entry) => {
      const attachment = { network, containerId, ifName: name, entry } as const
      const file = formatRecordName(attachment)
      expect(parseRecordName(containerId, file)).toEqual(attachment)
      const flat = { ...attachment, entry: 'chained' } as const
      expect(parseFlatName(formatFlatName(flat))).toEqual(flat)
      expect(file).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.@%;-]*\.json$/)
      expect(Buffer.byteLength(file)).toBeLessThan(200)
    }),
    runs(3000),
  )
})

test('the name of any file is that of one attachment, or of none', () => {
  const name = fc.oneof(
    anyText,
    fc.string({ unit: fc.constantFrom(...'a0@%;.jsonf1'), maxLength: 20 }).map((text) => `${text}.json`),
    fc.string({ unit: fc.constantFrom(...'0189afd'), maxLength: 7 }).map((code) => `n@c@%${code};.json`),
  )
  fc.assert(
    fc.property(name, (text) => {
      const attachment = parseRecordName('c', text)
      if (attachment !== undefined) expect(formatRecordName(attachment)).toBe(text)
      const flat = parseFlatName(text)
      if (flat !== undefined) expect(formatFlatName(flat)).toBe(text)
    }),
    runs(5000),
  )
})

test('whatever a record has become, DEL removes it, or tells what the kernel refuses, and GC removes it', () => {
  const added = () => ask('ADD', { conf: { sysctl: { 'net.core.somaxconn': 1 }, mtu: 1400 } })
  const whole = added().os.readFile(RECORD)
  const text = fc.oneof(mutated(fc.constant(whole)), jsonText, anyText)
  // An invalid MTU.
  const refused = whole.replace('"1500"', '"[1500"')
  fc.assert(
    fc.property(text, (record) => {
      const files = { [RECORD]: { text: record, age: 100 } }
      const conf = { 'cni.dev/valid-attachments': [] }
      const deleted = ask('DEL', { after: added(), files, conf })
      const isLeft = deleted.os.stderr().includes('DEL goes on: ')
      expect([deleted.exitCode, isLeft ? [] : deleted.os.list(DATA_DIR)]).toEqual([0, []])
      for (const after of [added(), deleted]) {
        const collected = ask('GC', { after, files: after === deleted ? {} : files, conf })
        expect([collected.exitCode, collected.os.list(DATA_DIR)]).toEqual([0, []])
      }
      expect(() => parseRecord(record)).not.toThrow()
    }),
    { ...RUNS, examples: [[refused]] },
  )
})
