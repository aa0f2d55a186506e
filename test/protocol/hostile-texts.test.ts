import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { visible } from '../../plugin/os/visible.ts'
import { callPlugin, EXECUTABLE } from '../helpers/executable.ts'
import { withEtc } from '../helpers/mounts.ts'
import { createNetns, type Ran } from '../helpers/netns.ts'

const netns = await createNetns()
const folder = mkdtempSync(join(tmpdir(), 'texts-'))
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await netns.close()
})

/** Clears a screen, sets a title, ends with BEL, and then the same with C1 codes and from right to left. */
const HOSTILE = '\u001b[2J\u001b]0;x\u0007\u009b31m\u202e\u2066\u200b\u2028\u007f\ufeff'

/** Nothing of it is printed unchanged, and nothing is dropped. */
function expectVisible({ stdout, stderr }: Ran): void {
  const printed = stdout + stderr
  expect(printed).toBe(visible(printed))
  expect(printed).toMatch(/u\{?0*202e/)
}

describe('texts of strangers in answers and logs', () => {
  const pods = 'io.kubernetes.cri.pod-annotations'
  const annotated = (text: string) => ({
    pod: { allow: ['net.core.*'] },
    runtimeConfig: { [pods]: { 'netns-sysctl/sysctls': text } },
  })

  test.each<[string, Parameters<typeof callPlugin>[2]]>([
    ["a network's name", { conf: { name: `a${HOSTILE}` } }],
    ['a version', { conf: { cniVersion: HOSTILE } }],
    ['the name of a sysctl', { conf: { sysctl: { [`net.core.x${HOSTILE}`]: 1 } } }],
    ['the name of a sysctl of another tree', { conf: { sysctl: { [`vm.x${HOSTILE}`]: 1 } } }],
    ['the value of a sysctl', { conf: { sysctl: { 'net.core.somaxconn': HOSTILE } } }],
    ['an inherited name', { conf: { inherit: [`net.core.${HOSTILE}*`] } }],
    ['a folder', { conf: { dataDir: `x${HOSTILE}` } }],
    ['a MAC address', { conf: { mac: HOSTILE } }],
    ['a member given twice', { stdin: `{"cniVersion":"1.1.0","name":"n","\u202e":1,"\u202e":2}` }],
    ['what is not JSON', { stdin: `{"a":\u202e}` }],
    ["a line of a pod's annotation", { conf: annotated(`net.core.x\u202e\u200b = 1`) }],
    ["what is no line of a pod's annotation", { conf: annotated(HOSTILE) }],
    [
      'the name of an annotation',
      { conf: { pod: { allow: [], annotation: HOSTILE }, runtimeConfig: { [pods]: { [HOSTILE]: 'x' } } } },
    ],
    [
      "a pod's name",
      {
        conf: annotated('net.ipv4.ip_forward=1'),
        env: { CNI_ARGS: `K8S_POD_NAMESPACE=a;K8S_POD_NAME=x${HOSTILE.replaceAll(';', '')}` },
      },
    ],
    [
      'an interface',
      { conf: { sysctl: { 'net.ipv4.conf.IFNAME.rp_filter': 1 } }, env: { CNI_IFNAME: `e\u202e\u001b` } },
    ],
    ['a path of a netns', { env: { CNI_NETNS: `/run/netns/${HOSTILE}` } }],
    [
      'a line of the allowlist',
      {
        conf: { sysctl: { 'net.core.somaxconn': 1 } },
        wrap: withEtc({ '/etc/cni/tuning/allowlist.conf': `(${HOSTILE}` }),
      },
    ],
    [
      'what an allowlist allows',
      {
        conf: { sysctl: { 'net.core.somaxconn': 1 } },
        wrap: withEtc({ '/etc/cni/tuning/allowlist.conf': `x${HOSTILE}x` }),
      },
    ],
  ])('%s', (_, call) => {
    expectVisible(callPlugin(netns, 'ADD', call))
  })
})

describe('texts of strangers in what a person is shown', () => {
  const type = (...words: readonly string[]) => netns.onHost([EXECUTABLE, ...words], { env: { CNI_COMMAND: '' } })
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const conflist = JSON.stringify({
    cniVersion: '1.1.0',
    name: HOSTILE,
    plugins: [{ type: 'bridge' }, { type: 'netns-sysctl', [HOSTILE]: 1, sysctl: { [`net.x${HOSTILE}`]: HOSTILE } }],
  })

  test.each<[string, () => readonly string[]]>([
    ['a command', () => [HOSTILE]],
    ['an option', () => ['lint', `--x${HOSTILE}`]],
    ['a file that is not there', () => ['lint', HOSTILE]],
    ["a file's name", () => ['lint', write(`${HOSTILE.replace('/', '')}.conflist`, '{}')]],
    ["a file's content", () => ['lint', write('hostile.conflist', conflist)]],
    ["a file's content, in colours", () => ['lint', '--color', 'never', write('hostile.conflist', conflist)]],
    ['an allowlist', () => ['lint', write('allowlist.conf', `^net${HOSTILE}\n(${HOSTILE}\n`)]],
    ['a name to be explained', () => ['explain', `net.core.${HOSTILE}`]],
    ['a glob to be explained', () => ['explain', `net.core.\u202e*`]],
  ])('%s', (_, words) => {
    expectVisible(type(...words()))
    const inJson = type(...words(), '--json')
    expect(inJson.stdout).toBe(visible(inJson.stdout))
    if (inJson.stdout !== '') expect(JSON.parse(inJson.stdout)).toBeTypeOf('object')
  })
})
