import { DATA_DIR } from './requests.ts'

/** The path and the text of a record of version 1, of the container's eth0 and the netns 4:1. */
export function flatRecordOf(containerId: string): Readonly<Record<string, string>> {
  const attachment = { network: 'net1', containerId, ifName: 'eth0' }
  const text = JSON.stringify({
    plugin: 'netns-sysctl',
    version: 1,
    ...attachment,
    netns: '4:1',
    sequence: 1,
    entries: [],
  })
  return { [`${DATA_DIR}/net1@${containerId}@eth0.json`]: text }
}
