import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { run } from '../helpers/netns.ts'
import { newNode } from '../helpers/node-folders.ts'
import { envOf, formatConf, PREV_RESULT } from '../helpers/requests.ts'

const LIST = '{"cniVersion": "1.0.0", "name": "net1", "plugins": [{"type": "bridge"}]}'

/** Installs, adds a container, and uninstalls while it lives and afterwards; /run and /var/lib are empty. */
const SCRIPT = `
mount -n -t tmpfs tmpfs /run && mount -n -t tmpfs tmpfs /var/lib || exit 99
"$EXE" install --unchecked --bin-dir "$BIN" --into "$LIST" --sysctl net.core.somaxconn=5 >/dev/null || exit 98
unshare --net -- cat <"$FIFO" & container=$!
exec 7>"$FIFO"
while [ "$(cat /proc/$container/comm)" != cat ]; do sleep 0.01; done
CNI_COMMAND=ADD CNI_NETNS=/proc/$container/ns/net "$BIN/netns-sysctl" >/dev/null || exit 97
"$BIN/netns-sysctl" uninstall --bin-dir "$BIN" --into "$LIST"; echo "exit $?"
exec 7>&-; wait $container
"$BIN/netns-sysctl" uninstall --bin-dir "$BIN" --conf-dir "$CONF"; echo "exit $?"
find /run -name '*.json'
`

test('the executable stays until the last container that was made with it is gone, and goes with its record', () => {
  const { binDir, confDir, target } = newNode()
  const list = join(confDir, '10-x.conflist')
  writeFileSync(list, LIST)
  const fifo = join(confDir, '..', 'fifo')
  run(['mkfifo', fifo])
  const env = envOf('ADD')
  const ran = run(['unshare', '--mount', '--propagation', 'private', '--', 'sh', '-c', SCRIPT], {
    env: { ...env, CNI_COMMAND: undefined, EXE: EXECUTABLE, BIN: binDir, CONF: confDir, LIST: list, FIFO: fifo },
    input: formatConf({ sysctl: { 'net.core.somaxconn': '5' }, prevResult: PREV_RESULT }),
  })
  expect(ran.stderr).toBe('')
  const lines = ran.stdout.split('\n')
  expect(lines).toContain(
    `kept ${target}: containers that were made with it need it to end; uninstall again when they are gone, or use --force:`,
  )
  expect(lines).toContain(`  ${env.CNI_CONTAINERID} (net1, eth0)`)
  expect(lines.filter((line) => line.startsWith('exit'))).toEqual(['exit 1', 'exit 0'])
  expect(lines).toContain(`removed /run/cni/netns-sysctl: the undo record of ${env.CNI_CONTAINERID}, which is gone`)
  expect(lines.at(-2)).not.toContain('.json')
  expect([readFileSync(list, 'utf8'), existsSync(target), readdirSync(binDir)]).toEqual([LIST, false, []])
})
