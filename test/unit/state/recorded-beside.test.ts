import { describe, expect, test } from 'vitest'
import { HOST, refuse } from '../../helpers/fake-os.ts'
import { createRecorder } from '../../helpers/recorder.ts'
import { DATA_DIR } from '../../helpers/requests.ts'

const SYS = '/proc/sys/net'
const usual = () => ({ [`${SYS}/a/x`]: '1\n', [`${SYS}/a/y`]: '2\n', [`${SYS}/a/z`]: '3\n' })

describe('the number of a record', () => {
  test('stays in an ADD that is tried again, if no other attachment came meanwhile', () => {
    const { write, record } = createRecorder(usual())
    write({ 'net.a.x': 5 })
    write({ 'net.a.x': 6 })
    expect(record()).toMatchObject({ sequence: 1 })
  })

  test('is behind those of all other attachments', () => {
    const { write, record } = createRecorder(usual())
    write({ 'net.a.x': 5 })
    write({ 'net.a.y': 5 }, { place: { ifName: 'eth1' } })
    write({ 'net.a.x': 6 })
    expect([record()?.sequence, record('net1@eth1.json')?.sequence]).toEqual([3, 2])
  })
})

describe('an ADD that is tried again after other attachments', () => {
  /** The second and the third interface have set what the first one had set, and the fourth something else. */
  function createNode() {
    const recorder = createRecorder({ ...usual(), [`${SYS}/a/bad`]: { text: '1\n', accept: () => refuse('EINVAL') } })
    recorder.write({ 'net.a.x': 5, 'net.a.y': 5 })
    recorder.write({ 'net.a.x': 6 }, { place: { ifName: 'eth1' } })
    recorder.write({ 'net.a.y': 6 }, { place: { ifName: 'eth2' } })
    recorder.write({ 'net.a.z': 6 }, { place: { ifName: 'eth3' } })
    const records = () => ['eth0', 'eth1', 'eth2', 'eth3'].map((name) => recorder.record(`net1@${name}.json`))
    return { ...recorder, records }
  }

  test('hands the values to put back over to them', () => {
    const { write, entries } = createNode()
    write({ 'net.a.x': 7 })
    expect([entries(), entries('net1@eth1.json'), entries('net1@eth2.json')]).toEqual([
      [['net.a.x', '6', '7']],
      [['net.a.x', '1', '6']],
      [['net.a.y', '2', '6']],
    ])
  })

  test('and is refused leaves their records as they were, and touches no other one', () => {
    const { os, write, records } = createNode()
    const before = records()
    expect(() => write({ 'net.a.x': 7, 'net.a.bad': 7 })).toThrow('net.a.bad')
    expect(records()).toEqual(before)
    expect(os.textOf(HOST, `${SYS}/a/x`)).toBe('6')
    const ofFourth = `${DATA_DIR}/containers/c1/net1@eth3.json replaced`
    expect(os.writes.filter((line) => line === ofFourth)).toHaveLength(1)
  })

  test('leaves their records as they were if it is taken back', () => {
    const { write, records } = createNode()
    const before = records()
    write({ 'net.a.x': 7 })()
    expect(records()).toEqual(before)
  })
})
