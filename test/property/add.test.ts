import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SUPPORTED_VERSIONS } from '../../plugin/cni/version.ts'
import { blank, formatMembers, jsonMembers } from '../helpers/arbitraries.ts'
import { ask } from '../helpers/requests.ts'
import { runs } from '../helpers/runs.ts'

const RUNS = runs(1000)

const version = fc.constantFrom(...SUPPORTED_VERSIONS)

function formatRequest(cniVersion: string, prevResult: string): string {
  return `{"cniVersion":"${cniVersion}","name":"net1","sysctl":{"net.core.somaxconn":1},"prevResult": ${prevResult} }`
}

test('ADD passes prevResult through exactly, with the version of the request', () => {
  fc.assert(
    fc.property(jsonMembers, blank, fc.nat(), version, version, (all, between, at, before, asked) => {
      const members = all.filter(([name]) => JSON.parse(name) !== 'cniVersion')
      const put = (text: string) => {
        return formatMembers(members.toSpliced(at % (members.length + 1), 0, ['"cniVersion"', `"${text}"`]), between)
      }
      const { exitCode, stdout } = ask('ADD', { stdin: formatRequest(asked, put(before)) })
      expect([exitCode, stdout]).toEqual([0, `${put(asked)}\n`])
    }),
    RUNS,
  )
})

test('ADD passes prevResult through with all its members, with or without a version', () => {
  fc.assert(
    fc.property(jsonMembers, blank, version, (members, between, asked) => {
      const prevResult = formatMembers(members, between)
      const { exitCode, answer } = ask('ADD', { stdin: formatRequest(asked, prevResult) })
      expect(exitCode).toBe(0)
      expect(answer).toStrictEqual({ ...JSON.parse(prevResult), cniVersion: asked })
    }),
    RUNS,
  )
})
