import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../helpers/netns.ts'

const SIGN = join(import.meta.dirname, '../../.ci/sign')
const MAINTAINER = 'maintainer@example.org'

const folder = mkdtempSync(join(tmpdir(), 'netns-sysctl-sign-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = join(folder, 'SHA256SUMS')
const env = { GNUPGHOME: folder }
const sign = (key: string | undefined) => run(['bash', SIGN, file], { env: { ...env, SIGN: key } })

describe("a release is signed with a maintainer's key", () => {
  test('of GnuPG', () => {
    writeFileSync(file, 'one\n')
    const unattended = ['--batch', '--pinentry-mode', 'loopback', '--passphrase', '']
    execFileSync('gpg', [...unattended, '--quick-generate-key', MAINTAINER, 'ed25519', 'sign', 'never'], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    })
    expect(sign(`gpg:${MAINTAINER}`)).toMatchObject({ status: 0 })
    const verify = () => run(['gpg', '--verify', `${file}.asc`, file], { env }).status
    expect(verify()).toBe(0)
    appendFileSync(file, 'two\n')
    expect(verify()).not.toBe(0)
    run(['gpgconf', '--kill', 'all'], { env })
  })

  test('of SSH', () => {
    writeFileSync(file, 'one\n')
    const key = join(folder, 'key')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
    expect(sign(`ssh:${key}`)).toMatchObject({ status: 0 })
    const signers = join(folder, 'allowed_signers')
    writeFileSync(signers, `${MAINTAINER} ${readFileSync(`${key}.pub`, 'utf8')}`)
    const options = ['-f', signers, '-I', MAINTAINER, '-n', 'file', '-s', `${file}.sig`]
    const verify = () => run(['ssh-keygen', '-Y', 'verify', ...options], { input: readFileSync(file) }).status
    expect(verify()).toBe(0)
    appendFileSync(file, 'two\n')
    expect(verify()).not.toBe(0)
  })

  test.each([undefined, '', 'gpg:', 'KEY'])('and not with %j', (key) => {
    expect(sign(key)).toEqual({ status: 2, stdout: '', stderr: 'SIGN must be gpg:KEY or ssh:KEYFILE\n' })
  })
})
