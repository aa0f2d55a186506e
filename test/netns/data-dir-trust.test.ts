import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { formatRecord } from '../../plugin/state/record.ts'
import { newDataDir, readRecord, recordPath } from '../helpers/data-dir.ts'
import { callPlugin, outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { readSysctls, writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

describe('records in a dataDir that others may write', () => {
  const NAME = 'c1/net1@eth0.json'

  /** A dataDir with a record by which net.ipv4.ip_forward would be switched on. */
  function makeTrap(): string {
    const dataDir = newDataDir()
    expect(outcomeOf(netns, 'ADD', { conf: { dataDir, sysctl: { 'net.ipv4.ip_forward': 0 } } })).toMatchObject({
      exitCode: 0,
    })
    const record = readRecord(dataDir, NAME)
    const entries = record.entries.map((entry) => ({ ...entry, putBack: '1' }))
    writeFileSync(recordPath(dataDir, NAME), formatRecord({ ...record, entries }))
    return dataDir
  }
  const forwarding = () => readSysctls(netns, ['net/ipv4/ip_forward'])['net/ipv4/ip_forward']
  afterEach(() => writeSysctls(netns, { 'net/ipv4/ip_forward': '0' }))

  test('would be used by DEL if nobody else could write them', () => {
    expect(callPlugin(netns, 'DEL', { conf: { dataDir: makeTrap() } })).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(forwarding()).toBe('1')
  })

  const openToAll = (dataDir: string) => {
    chmodSync(dataDir, 0o777)
    return dataDir
  }
  const linkTo = (dataDir: string) => {
    symlinkSync(dataDir, `${dataDir}-link`)
    return `${dataDir}-link`
  }

  test.each([
    ['has the mode 0777, not 0700', openToAll],
    ['is a symbolic link', linkTo],
  ])('are not used by DEL and GC where it %s', (reason, change) => {
    const dataDir = change(makeTrap())
    const valid = { 'cni.dev/valid-attachments': [{ containerID: 'c1', ifname: 'eth0' }] }
    expect(outcomeOf(netns, 'GC', { conf: { dataDir, ...valid } })).toMatchObject({
      exitCode: 1,
      answer: { code: 5, msg: `dataDir ${dataDir} ${reason}` },
    })
    expect(callPlugin(netns, 'DEL', { conf: { dataDir } })).toEqual({
      status: 0,
      stdout: '',
      stderr: `netns-sysctl: dataDir ${dataDir} ${reason}, so its records are not used\n`,
    })
    expect(forwarding()).toBe('0')
  })
})
