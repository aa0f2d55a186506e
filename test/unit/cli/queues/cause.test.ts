import { describe, expect, test } from 'vitest'
import { explainCause, findCause, type Situation } from '../../../../plugin/cli/queues/cause.ts'
import { findServer } from '../../../../plugin/cli/queues/servers.ts'
import { explainState, findState, type Seen } from '../../../../plugin/cli/queues/state.ts'

const NGINX = findServer(['nginx'])
const KERNELS = { value: 4096, from: "the kernel's own value" }
const FOUND = { value: 128, from: 'which is what this plugin found there' }

const situation = (changes: Partial<Situation>): Situation => ({
  limit: 4096,
  somaxconn: 16384,
  earlier: [KERNELS],
  isRecorded: false,
  server: undefined,
  ...changes,
})

describe('where a limit comes from', () => {
  test.each([
    ['as long as somaxconn, of whoever', { limit: 4096, somaxconn: 4096 }, 'somaxconn'],
    ['as long as somaxconn, of one that asks for no more', { limit: 511, somaxconn: 511, server: NGINX }, 'somaxconn'],
    ['as long as somaxconn, of one that asks for more', { limit: 128, somaxconn: 128, server: NGINX }, 'cut'],
    ['longer than somaxconn', { limit: 4096, somaxconn: 128 }, 'lowered'],
    ['what it may or may not have been', { limit: 300 }, 'server-or-old-value'],
    ['what it never was, by the record', { limit: 300, isRecorded: true }, 'server'],
    ['what the server is known to ask for', { limit: 511, server: NGINX }, 'server'],
    [
      '… also where somaxconn was just that',
      { limit: 511, server: NGINX, earlier: [{ ...FOUND, value: 511 }] },
      'server',
    ],
    ['what somaxconn was', { limit: 4096 }, 'server-or-old-value'],
    [
      'what somaxconn was, and less than the server is known to ask for',
      { limit: 128, server: NGINX, earlier: [FOUND] },
      'old-value',
    ],
    ['more than it was before, by the record', { limit: 4096, earlier: [FOUND], isRecorded: true }, 'server'],
  ] as const)('%s', (_, changes, cause) => {
    expect(findCause(situation(changes))).toBe(cause)
  })

  test.each([
    [
      { limit: 128, somaxconn: 128, server: NGINX },
      'cut by net.core.somaxconn (128): nginx asks for 511 unless told otherwise; raise that, then restart it',
    ],
    [
      { limit: 511, server: NGINX },
      'nginx asks for 511 itself, its default: set backlog=N at "listen"; net.core.somaxconn (16384) would let more wait',
    ],
    [
      { limit: 1000, server: NGINX, isRecorded: true },
      'nginx asks for 1000 itself: set backlog=N at "listen"; net.core.somaxconn (16384) would let more wait',
    ],
    [
      { limit: 128, server: NGINX, earlier: [FOUND] },
      'it listened while net.core.somaxconn was 128, which is what this plugin found there: restart it to get what it asks for, at most 16384',
    ],
    [
      {},
      "either it listened while net.core.somaxconn was 4096, the kernel's own value: then restart it; or the server asks for 4096 itself, in listen(2)",
    ],
    [
      { limit: 300 },
      'either the server asks for 300 itself, in listen(2); or it listened while net.core.somaxconn was 300: then restart it',
    ],
    [{ somaxconn: 128 }, 'it listened while net.core.somaxconn was 4096 or more; once restarted it gets at most 128'],
  ] as const)('in words: %j', (changes, words) => {
    expect(explainCause(situation(changes))).toBe(words)
  })
})

describe('how a queue is doing', () => {
  const seen = (
    waiting: number,
    dropped: number | undefined,
    before?: [waiting: number, dropped: number | undefined],
  ): Seen => ({
    waiting,
    limit: 100,
    dropped,
    ...(before !== undefined && { earlier: { waiting: before[0], dropped: before[1], seconds: 5 } }),
  })

  test.each([
    ['empty', seen(0, 0), 'fine', undefined],
    ['as long as may wait, which is one less than the kernel takes', seen(100, 0), 'fine', undefined],
    ['full', seen(101, 0), 'overflowing', 'full now: it accepts too slowly, or a burst has come; --interval 5 tells'],
    ['full a while ago', seen(0, 3), 'overflowed', '3 dropped since it listens'],
    ['not counted', seen(0, undefined), 'fine', undefined],
    [
      'full at both looks, and dropping',
      seen(101, 9, [99, 2]),
      'overflowing',
      'it accepts too slowly: full before and after, 7 dropped in 5 s; a longer queue would only fill later',
    ],
    [
      'dropping, and not full in between',
      seen(2, 9, [101, 2]),
      'overflowing',
      'bursts come faster than it accepts: 7 dropped in 5 s, and not full in between; a longer queue helps',
    ],
    ['full, and nothing came', seen(101, 9, [101, 9]), 'overflowing', 'full now, nothing dropped in 5 s'],
    ['full a while ago, at two looks', seen(0, 9, [0, 9]), 'overflowed', '9 dropped since it listens'],
    ['made anew between the looks', seen(0, 0, [0, 9]), 'fine', undefined],
  ] as const)('%s', (_, looked, state, words) => {
    expect([findState(looked, false), explainState(looked)]).toEqual([state, words])
  })

  test('one that is only too short is told too', () => {
    expect([findState(seen(0, 0), true), findState(seen(0, 1), true)]).toEqual(['cut', 'overflowed'])
  })
})

test.each([
  ['nginx', 'nginx'],
  ['php-fpm8.2', 'PHP-FPM'],
  ['redis-server', 'Redis'],
  ['python3.13', 'Python'],
  ['apache2', 'Apache'],
  ['my-nginx-exporter', undefined],
])('the process %s is of %s', (name, server) => {
  expect(findServer([name])?.name).toBe(server)
})
