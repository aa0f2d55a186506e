import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Set in the environment of everything that a test run starts. */
export const RUN_MARK = 'NETNS_SYSCTL_TEST_RUN'

/** The processes of a run that are still there, with their netns; without vitest's own, which run on Node. */
export function findLeftovers(run: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return []
    try {
      const isOfRun = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${RUN_MARK}=${run}`)
      if (!isOfRun || readlinkSync(`/proc/${pid}/exe`) === process.execPath) return []
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      return [`process ${pid} is left over, in ${readlinkSync(`/proc/${pid}/ns/net`)}: ${command}`]
    } catch {
      // It has ended, or is another user's.
      return []
    }
  })
}
