import { expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'
import type { FakeFile } from '../../../helpers/fake-os.ts'
import { flatRecordOf } from '../../../helpers/flat-record.ts'
import { DATA_DIR } from '../../../helpers/requests.ts'

const LIST = '/etc/cni/net.d/10-x.conflist'
const TARGET = '/opt/cni/bin/netns-sysctl'
const FOLDER: FakeFile = { text: '', kind: 'directory', mode: 0o700 }

test.each(['EIO', 'EMFILE'])(
  'while nobody can tell which containers have undo records, the executable stays: %s',
  (errno) => {
    const files = {
      [TARGET]: { text: 'x', mode: 0o755 },
      [LIST]: '{"plugins": [{"type": "bridge"}, {"type": "netns-sysctl"}]}',
      [DATA_DIR]: FOLDER,
      [`${DATA_DIR}/containers`]: { ...FOLDER, readFails: errno },
    }
    const { exitCode, stderr, os } = typed(['uninstall', '--into', LIST], { files })
    expect([exitCode, stderr]).toEqual([2, `netns-sysctl: open ${DATA_DIR}/containers: ${errno}\n`])
    expect([os.state.shared.has(TARGET), os.writes]).toEqual([true, []])
  },
)

test('uninstall --dry-run makes nothing beside a record of version 1', () => {
  const files = {
    [TARGET]: { text: 'x', mode: 0o755 },
    [LIST]: '{"plugins": [{"type": "bridge"}, {"type": "netns-sysctl"}]}',
    ...flatRecordOf('c1'),
  }
  const { stdout, os } = typed(['uninstall', '--into', LIST, '--dry-run'], { files })
  expect(stdout).toContain('the undo record of c1, which is gone')
  expect(os.list(DATA_DIR)).toEqual([{ name: 'net1@c1@eth0.json', isDirectory: false }])
})
