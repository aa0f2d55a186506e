import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect } from 'vitest'
import { callPlugin, EXECUTABLE } from './executable.ts'
import { createNetns, readSysctl } from './netns.ts'
import { PREV_RESULT } from './requests.ts'
import { writeSysctls } from './sysctls.ts'

/** What the environment of the runtime's owner may name, in a network namespace of its own, until the tests of the file end. */
export interface Environment {
  /** Who opens it waits for ever. */
  readonly fifo: string
  /** With which somebody could make Node.js, its libraries or the C library load, write, wait or print. */
  readonly variables: readonly (readonly [string, string])[]
  /** Nothing is loaded, written, waited for or printed. */
  readonly expectNoEffect: (env: Readonly<Record<string, string>>) => void
}

export async function prepareEnvironment(): Promise<Environment> {
  const netns = await createNetns()
  const folder = mkdtempSync(join(tmpdir(), 'environment-'))
  afterAll(async () => {
    rmSync(folder, { recursive: true })
    await netns.close()
  })

  const at = (name: string) => join(folder, name)
  const fifo = at('fifo')
  const module = at('module.js')
  const provider = at('openssl.cnf')
  execFileSync('mkfifo', [fifo])
  writeFileSync(module, `require('fs').writeFileSync(${JSON.stringify(at('loaded'))}, '')`)
  const section = `providers = list\n[list]\nx = provider\n[provider]\nmodule = ${at('provider.so')}\nactivate = 1\n`
  writeFileSync(provider, `openssl_conf = all\nnodejs_conf = all\n[all]\n${section}`)
  const files = readdirSync(folder)

  beforeEach(() => writeSysctls(netns, { 'net/core/somaxconn': '4096' }))
  const variables: readonly (readonly [string, string])[] = [
    ['OPENSSL_CONF', fifo],
    ['OPENSSL_CONF', provider],
    ['OPENSSL_CONF', at('missing')],
    ['OPENSSL_CONF_INCLUDE', folder],
    ['OPENSSL_MODULES', folder],
    ['OPENSSL_ENGINES', folder],
    ['SSL_CERT_FILE', fifo],
    ['SSLKEYLOGFILE', at('keys')],
    ['NODE_OPTIONS', `--require=${module}`],
    ['NODE_REPL_EXTERNAL_MODULE', module],
    ['NODE_PATH', folder],
    ['NODE_COMPILE_CACHE', at('cache')],
    ['NODE_V8_COVERAGE', at('coverage')],
    ['NODE_REDIRECT_WARNINGS', at('warnings')],
    ['NODE_PENDING_DEPRECATION', '1'],
    ['NODE_EXTRA_CA_CERTS', fifo],
    ['NODE_USE_SYSTEM_CA', '1'],
    ['NODE_ICU_DATA', fifo],
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
    ['TZ', `:${fifo}`],
    ['HOME', fifo],
    ['TMPDIR', folder],
    ['DEBUG', '*'],
    ['PKG_EXECPATH', module],
    ['PKG_NATIVE_CACHE_PATH', at('natives')],
  ]

  function expectNoEffect(env: Readonly<Record<string, string>>): void {
    const add = callPlugin(netns, 'ADD', { conf: { sysctl: { 'net.core.somaxconn': 1024 } }, env })
    expect({ ...add, stdout: JSON.parse(add.stdout) as unknown }).toEqual({
      status: 0,
      stdout: PREV_RESULT,
      stderr: '',
    })
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
    expect(readdirSync(folder)).toEqual(files)
  }

  return { fifo, variables, expectNoEffect }
}
