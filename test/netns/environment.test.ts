import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { callPlugin, EXECUTABLE } from '../helpers/executable.ts'
import { createNetns, readSysctl } from '../helpers/netns.ts'
import { PREV_RESULT } from '../helpers/requests.ts'
import { writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
const folder = mkdtempSync(join(tmpdir(), 'environment-'))
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await netns.close()
})

const at = (name: string) => join(folder, name)
const FIFO = at('fifo')
const MODULE = at('module.js')
const PROVIDER = at('openssl.cnf')
execFileSync('mkfifo', [FIFO])
writeFileSync(MODULE, `require('fs').writeFileSync(${JSON.stringify(at('loaded'))}, '')`)
const section = `providers = list\n[list]\nx = provider\n[provider]\nmodule = ${at('provider.so')}\nactivate = 1\n`
writeFileSync(PROVIDER, `openssl_conf = all\nnodejs_conf = all\n[all]\n${section}`)
const FILES = readdirSync(folder)

beforeEach(() => writeSysctls(netns, { 'net/core/somaxconn': '4096' }))

/** Nothing is loaded, written, waited for or printed. */
function expectNoEffect(env: Readonly<Record<string, string>>): void {
  const add = callPlugin(netns, 'ADD', { conf: { sysctl: { 'net.core.somaxconn': 1024 } }, env })
  expect({ ...add, stdout: JSON.parse(add.stdout) as unknown }).toEqual({ status: 0, stdout: PREV_RESULT, stderr: '' })
  expect(readSysctl(netns, '/proc/sys/net/core/somaxconn')).toBe('1024')
  expect(callPlugin(netns, 'VERSION', { env })).toMatchObject({ status: 0, stderr: '' })
  const explained = netns.onHost([EXECUTABLE, 'explain', '--json', 'net.core.somaxconn'], {
    env: { ...env, CNI_COMMAND: '' },
  })
  expect({ ...explained, stdout: typeof JSON.parse(explained.stdout) }).toEqual({
    status: 0,
    stdout: 'object',
    stderr: '',
  })
  expect(readdirSync(folder)).toEqual(FILES)
}

describe("the environment of the runtime's owner changes nothing", () => {
  test.each([
    ['OPENSSL_CONF', FIFO],
    ['OPENSSL_CONF', PROVIDER],
    ['OPENSSL_CONF', at('missing')],
    ['OPENSSL_CONF_INCLUDE', folder],
    ['OPENSSL_MODULES', folder],
    ['OPENSSL_ENGINES', folder],
    ['SSL_CERT_FILE', FIFO],
    ['SSLKEYLOGFILE', at('keys')],
    ['NODE_OPTIONS', `--require=${MODULE}`],
    ['NODE_REPL_EXTERNAL_MODULE', MODULE],
    ['NODE_PATH', folder],
    ['NODE_COMPILE_CACHE', at('cache')],
    ['NODE_V8_COVERAGE', at('coverage')],
    ['NODE_REDIRECT_WARNINGS', at('warnings')],
    ['NODE_PENDING_DEPRECATION', '1'],
    ['NODE_EXTRA_CA_CERTS', FIFO],
    ['NODE_USE_SYSTEM_CA', '1'],
    ['NODE_ICU_DATA', FIFO],
    ['NODE_DEBUG', '*'],
    ['NODE_DEBUG', 'sea,module,fs,vm,ffi'],
    ['NODE_DEBUG_NATIVE', 'SEA,COMPILE_CACHE,CRYPTO,DIAGNOSTICS,CODE_CACHE,PLATFORM_VERBOSE,PERMISSION_MODEL'],
    ['NODE_TEST_CONTEXT', 'child-v8'],
    ['NODE_CHANNEL_FD', '0'],
    ['NODE_CHANNEL_FD', 'x'],
    ['UV_THREADPOOL_SIZE', '1024'],
    ['UV_USE_IO_URING', '1'],
    ['FORCE_COLOR', '3'],
    ['LC_ALL', '/a/path/as/locale'],
    ['LC_MESSAGES', '/a/path/as/locale'],
    ['LANG', '/a/path/as/locale'],
    ['TZ', `:${FIFO}`],
    ['HOME', FIFO],
    ['TMPDIR', folder],
    ['DEBUG', '*'],
    ['PKG_EXECPATH', MODULE],
    ['PKG_NATIVE_CACHE_PATH', at('natives')],
  ])('%s=%s', (name, value) => {
    expectNoEffect({ [name]: value })
  })

  test('nor does any variable that the executable may know, with a FIFO for a value', () => {
    const text = readFileSync(EXECUTABLE, 'latin1')
    const names = text.match(/\b(?:NODE|OPENSSL|SSL|ICU|UV|V8|PKG|CARES|LC)_[A-Z0-9_]{2,40}\b/g) ?? []
    expectNoEffect(Object.fromEntries([...new Set(names)].map((name) => [name, FIFO])))
  })
})
