import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { EXECUTABLE, outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { PREV_RESULT } from '../helpers/requests.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

const SWITCH = 'net.netfilter.nf_hooks_lwtunnel'
const REASON = `${SWITCH}: belongs to the whole node, also when a container writes it; set it there, in /etc/sysctl.d`
const SHOW = 'find /proc/sys/net -type f -perm -200 -exec grep -H "" {} + 2>/dev/null; true'

/** If the kernel has it, it must stay unchanged: it could not be put back. */
function readSwitch(): string {
  try {
    return readFileSync('/proc/sys/net/netfilter/nf_hooks_lwtunnel', 'utf8')
  } catch {
    return 'none'
  }
}

describe('the switch of the whole node that every container has', () => {
  const annotated = {
    pod: { allow: ['net.netfilter.*'] },
    runtimeConfig: { 'io.kubernetes.cri.pod-annotations': { 'netns-sysctl/sysctls': `${SWITCH} = 0` } },
  }
  test.each([
    ['sysctl', { sysctl: { [SWITCH]: 0 } }],
    ['sysctl with "-"', { sysctl: { [`-${SWITCH}`]: 0 } }],
    ['inherit', { inherit: [SWITCH] }],
    ['an annotation', annotated],
  ])('is refused by %s', (_, conf) => {
    const before = readSwitch()
    const { exitCode, answer } = outcomeOf(netns, 'ADD', { conf })
    expect([exitCode, answer]).toMatchObject([1, { code: 101, msg: expect.stringContaining(REASON) }])
    expect(readSwitch()).toBe(before)
  })

  test('is what explain says', () => {
    const { status, stdout } = netns.onHost([EXECUTABLE, 'explain', SWITCH], { env: { CNI_COMMAND: undefined } })
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/ no +belongs to the whole node, also when a container/),
    ])
  })
})

test('an ADD of every value that a container has, which changes none, reaches nothing on the host', () => {
  const all = () => netns.inside(['sh', '-c', SHOW]).stdout
  const host = () => netns.onHost(['sh', '-c', SHOW]).stdout
  const [before, hostBefore] = [all(), host()]
  const lines = before.trimEnd().split('\n')
  const values = lines.map((line) => [
    line.slice('/proc/sys/'.length, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1),
  ])
  // With "-", values may be refused that cannot be written back as they are shown.
  const sysctl = Object.fromEntries(
    values.filter(([name]) => !name?.endsWith('lwtunnel')).map(([name, value]) => [`-${name}`, value]),
  )
  expect(Object.keys(sysctl).length).toBeGreaterThan(300)
  expect(outcomeOf(netns, 'ADD', { conf: { sysctl } })).toEqual({ exitCode: 0, answer: PREV_RESULT })
  expect([all(), host()]).toEqual([before, hostBefore])
})
