import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What npm says of its settings, as far as it is read. */
interface NpmSettings {
  readonly cache: string
  readonly registry: string
  readonly cafile: string | null
  readonly proxy: string | null
  readonly 'https-proxy': string | null
}

/** Where the certificates are in a root that this machine trusts. */
const CERTIFICATES = '/machine/certificates'

const PROXIES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']

const npm = readNpmSettings()

/** The environment of commands in a root: as a new user's, and with what says how this machine reaches the network. */
export function environmentOfRoot(): Readonly<Record<string, string>> {
  return {
    HOME: '/root',
    TERM: 'dumb',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C.UTF-8',
    DEBIAN_FRONTEND: 'noninteractive',
    npm_config_registry: npm.registry,
    npm_config_prefer_offline: 'true',
    ...(certificates() !== undefined && { npm_config_cafile: CERTIFICATES }),
    ...(npm.proxy !== null && { npm_config_proxy: npm.proxy }),
    ...(npm['https-proxy'] !== null && { npm_config_https_proxy: npm['https-proxy'] }),
    ...networkVariables(),
  }
}

/** The proxies of this machine. debootstrap reads them too. */
export function networkVariables(): Readonly<Record<string, string>> {
  const [proxy] = aptSettings().flatMap((line) => /^Acquire::http::Proxy "(http.+)";/.exec(line)?.[1] ?? [])
  const given = PROXIES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return { ...(proxy !== undefined && { http_proxy: proxy }), ...Object.fromEntries(given) }
}

/** Puts into a root what names and trusts the hosts that this machine reaches, and apt's settings. */
export function connectRoot(root: string): void {
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const apt = ['Acquire::Retries "3";', ...aptSettings()]
  const trusted = certificates()
  if (trusted !== undefined) {
    put(CERTIFICATES, readFileSync(trusted, 'utf8'))
    // For a mirror that is reached by https.
    apt.push(`Acquire::https::CaInfo "${CERTIFICATES}";`)
  }
  for (const path of ['/etc/resolv.conf', '/etc/hosts']) {
    if (!existsSync(path)) continue
    // In the root it may be a link that leads nowhere.
    rmSync(join(root, path), { force: true })
    put(path, readFileSync(path, 'utf8'))
  }
  put('etc/apt/apt.conf.d/10machine', `${apt.join('\n')}\n`)
  // Thousands of files are written, and thrown away.
  put('etc/dpkg/dpkg.cfg.d/unsafe-io', 'force-unsafe-io\n')
}

/** Puts what this machine's npm has fetched already into another cache of npm, if that is new. */
export function fillNpmCache(folder: string): void {
  const from = join(npm.cache, '_cacache')
  const to = join(folder, '_cacache')
  if (existsSync(from) && !existsSync(to)) cpSync(from, to, { recursive: true })
}

/** Those of the machine's apt that decide how it fetches; not those that name a program of the machine. */
function aptSettings(): readonly string[] {
  const { stdout } = spawnSync('apt-config', ['dump'], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .filter((line) => /^Acquire::(https?::(Proxy|Verify)|Check-|Force)(?!.*Auto-Detect)/.test(line))
}

function certificates(): string | undefined {
  const files = [npm.cafile, process.env.NODE_EXTRA_CA_CERTS, '/etc/ssl/certs/ca-certificates.crt']
  return files.find((file) => typeof file === 'string' && existsSync(file)) ?? undefined
}

function readNpmSettings(): NpmSettings {
  const { stdout } = spawnSync('npm', ['config', 'list', '--json'], { encoding: 'utf8' })
  return JSON.parse(stdout) as NpmSettings
}
