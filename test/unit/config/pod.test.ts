import { describe, expect, test } from 'vitest'
import type { Problem } from '../../../plugin/cni/error.ts'
import { parseAnnotation } from '../../../plugin/config/annotation.ts'
import { DEFAULT_ANNOTATION, parsePodPolicy } from '../../../plugin/config/pod.ts'
import { checkPodAllowed } from '../../../plugin/policy/pod.ts'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { problemsOf, withoutPlaces } from '../../helpers/errors.ts'

function policyOf(allow?: string[], annotation?: string) {
  const problems: Problem[] = []
  const policy = parsePodPolicy({ allow, annotation }, [], undefined, problems)
  if (policy === undefined) throw new Error('a member gives a policy')
  return { policy, problems: withoutPlaces(problems) }
}

function read(annotations: unknown, annotation?: string) {
  const problems: Problem[] = []
  const settings = parseAnnotation(policyOf([], annotation).policy, annotations, problems)
  return { settings, problems: withoutPlaces(problems) }
}

describe('the policy', () => {
  test('has the usual annotation and allows nothing, unless told', () => {
    expect(policyOf()).toEqual({
      policy: { allow: [], profiles: [], annotation: 'netns-sysctl/sysctls' },
      problems: [],
    })
  })

  test('has the annotation and the patterns that it is told', () => {
    const { policy, problems } = policyOf(['net.core.somaxconn', 'net.ipv4.tcp_*'], 'example.org/sysctls')
    expect([policy.annotation, policy.allow.map(({ text }) => text), problems]).toEqual([
      'example.org/sysctls',
      ['net.core.somaxconn', 'net.ipv4.tcp_*'],
      [],
    ])
  })

  test.each([
    ['kernel.*', 'must start with "net."'],
    ['*', 'must start with "net."'],
    ['', 'must start with "net."'],
    ['net', 'must start with "net."'],
    ['net/core/somaxconn', 'must start with "net."'],
    ['net..core', 'has an empty segment'],
    ['net.core.', 'has an empty segment'],
    ['net.core.[a-z]*', 'may have only "*" and "?" as wildcards'],
    ['net.{core,ipv4}.*', 'may have only "*" and "?" as wildcards'],
    ['net.core.a b', 'may have only "*" and "?" as wildcards'],
  ])('cannot have the pattern %j: it %s', (pattern, reason) => {
    const { policy, problems } = policyOf(['net.core.somaxconn', pattern])
    expect(policy.allow.map(({ text }) => text)).toEqual(['net.core.somaxconn'])
    expect(problems).toEqual([
      {
        code: 2,
        msg: `pod.allow[1] ${JSON.stringify(pattern)} ${reason}`,
        details: 'patterns are like net.core.somaxconn and net.ipv4.tcp_keepalive_*',
      },
    ])
  })
})

describe('an annotation', () => {
  test.each([
    ['null', null],
    ['nothing', undefined],
    ['{}', {}],
    ['those of others', { 'example.org/sysctls': 'net.core.somaxconn=1', '': 'x' }],
    ['an empty one', { [DEFAULT_ANNOTATION]: '' }],
    ['one that is not a string', { [DEFAULT_ANNOTATION]: { 'net.core.somaxconn': 1 } }],
    ['what is not an object', 'net.core.somaxconn=1'],
    ['what is only inherited', Object.create({ [DEFAULT_ANNOTATION]: 'net.core.somaxconn=1' })],
  ])('asks for nothing if there is %s', (_, annotations) => {
    expect(read(annotations)).toEqual({ settings: [], problems: [] })
  })

  test('called like what every object has asks for nothing', () => {
    expect(read({}, 'constructor')).toEqual({ settings: [], problems: [] })
  })

  test('asks for what its lines say', () => {
    const text = '# ours\nnet.core.somaxconn = 16384\n-net/ipv4/ip_forward=1\n'
    expect(read({ 'a/b': text, [DEFAULT_ANNOTATION]: 'net.a.b=1' }, 'a/b')).toEqual({
      settings: [
        { name: 'net.core.somaxconn', value: '16384', origin: 'annotation' },
        { name: '-net/ipv4/ip_forward', value: '1', origin: 'annotation' },
      ],
      problems: [],
    })
  })

  test('with malformed lines is refused, with their numbers', () => {
    const { settings, problems } = read({ [DEFAULT_ANNOTATION]: 'net.a.b\nnet.a.c=1\n\nnet.a.d: 2' })
    expect(settings.map(({ name }) => name)).toEqual(['net.a.c'])
    expect(problems.map(({ code, msg }) => `${code} ${msg}`)).toEqual([
      '7 annotation netns-sysctl/sysctls, line 1: "net.a.b" is not "name = value"',
      '7 annotation netns-sysctl/sysctls, line 4: "net.a.d: 2" is not "name = value"',
    ])
  })

  test.each([
    [64 * 1024, []],
    [
      64 * 1024 + 1,
      [
        {
          code: 100,
          msg: 'the annotation netns-sysctl/sysctls is longer than 64 KiB',
          details: 'a pod needs a line for each sysctl, no more',
        },
      ],
    ],
  ])('of %i bytes gives the problems %j', (length, problems) => {
    expect(read({ [DEFAULT_ANNOTATION]: '#'.repeat(length) })).toEqual({ settings: [], problems })
  })
})

describe('an annotation of many lines', () => {
  test.each([
    ['good ones', 'net.a.b=1'],
    ['malformed ones', 'x'],
  ])('is refused as a whole: %s', (_, line) => {
    const most = read({ [DEFAULT_ANNOTATION]: `${line}\n`.repeat(256) })
    expect(most.settings.length + most.problems.length).toBe(256)
    expect(read({ [DEFAULT_ANNOTATION]: `#\n\n${line}\n`.repeat(257) })).toEqual({
      settings: [],
      problems: [
        {
          code: 100,
          msg: 'the annotation netns-sysctl/sysctls has more than 256 lines',
          details: 'a pod needs a line for each sysctl, no more',
        },
      ],
    })
  })
})

describe('a pod may set', () => {
  const may = (name: string, ...allow: string[]) => {
    return checkPodAllowed(parseSysctlKey(name), policyOf(allow).policy, 'pod default/web-0')
  }

  test.each([
    ['net.core.somaxconn', 'net.core.somaxconn'],
    ['net/core/somaxconn', 'net.core.somaxconn'],
    ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_keepalive_*'],
    ['net.ipv4.conf.IFNAME.rp_filter', 'net.ipv4.conf.IFNAME.*'],
    ['net.ipv4.conf.eth0/100.rp_filter', 'net.ipv4.conf.eth0/100.rp_filter'],
  ])('%s where %s is allowed', (name, pattern) => {
    expect(may(name, 'net.unix.x', pattern)).toBe(undefined)
  })

  test('nothing if nothing is allowed', () => {
    expect(problemsOf(() => may('net.core.somaxconn'))).toEqual([
      {
        code: 100,
        msg: "net.core.somaxconn: pod default/web-0 may not set it; this network's pods may set nothing",
        details: "the network's configuration allows it in pod.allow",
      },
    ])
  })

  test('no other key, and is told which', () => {
    expect(problemsOf(() => may('net/ipv4/ip_forward', 'net.core.*', 'net.ipv4.tcp_*'))).toEqual([
      {
        code: 100,
        msg: "net.ipv4.ip_forward: pod default/web-0 may not set it; this network's pods may set net.core.*, net.ipv4.tcp_*",
        details: "the network's configuration allows it in pod.allow",
      },
    ])
  })

  test.each([
    ['net.core.somaxconn2', 'net.core.somaxconn'],
    ['net.core.SOMAXCONN', 'net.core.somaxconn'],
    ['net.core.somaxconn.x', 'net.core.*'],
    ['net.ipv4.conf.all.rp_filter', 'net.ipv4.conf.IFNAME.*'],
    ['net.ipv4.conf.default.rp_filter', 'net.ipv4.conf.IFNAME.*'],
    ['net.ipv4.conf.eth0.rp_filter', 'net.ipv4.conf.IFNAME.*'],
    ['net.ipv4.conf.ifname.rp_filter', 'net.ipv4.conf.IFNAME.*'],
    ['net.ipv4.conf.IFNAME/1.rp_filter', 'net.ipv4.conf.IFNAME.*'],
    ['net/ipv4/conf/IFNAME.rp_filter/x', 'net.ipv4.conf.IFNAME.*'],
    ['net.ipv4.tcp_*', 'net.ipv4.tcp_rmem'],
  ])('not %s where %s is allowed', (name, pattern) => {
    expect(problemsOf(() => may(name, pattern))[0]?.code).toBe(100)
  })
})
