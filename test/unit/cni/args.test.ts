import { describe, expect, test } from 'vitest'
import { formatPod, parseCniArgs } from '../../../plugin/cni/args.ts'

describe('CNI_ARGS', () => {
  test.each([
    ['', []],
    [';', []],
    ['MAC=0a:58:0a:f4:01:02', [['MAC', '0a:58:0a:f4:01:02']]],
    [
      'IgnoreUnknown=1;K8S_POD_NAME=web-0;K8S_POD_NAMESPACE=default',
      [
        ['IgnoreUnknown', '1'],
        ['K8S_POD_NAME', 'web-0'],
        ['K8S_POD_NAMESPACE', 'default'],
      ],
    ],
    ['A=b=c', [['A', 'b=c']]],
    ['A=', [['A', '']]],
    ['=b;A;B=1;', [['B', '1']]],
    ['A=1;A=2', [['A', '2']]],
    ['__proto__=1', [['__proto__', '1']]],
  ])('%j', (text, pairs) => {
    expect([...parseCniArgs(text)]).toEqual(pairs)
  })
})

describe('the pod', () => {
  test.each([
    ['K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0', 'pod default/web-0'],
    ['K8S_POD_NAME=web-0', 'pod web-0'],
    ['K8S_POD_NAME=web-0;K8S_POD_NAMESPACE=', 'pod web-0'],
    ['K8S_POD_NAMESPACE=default', 'the pod'],
    ['K8S_POD_NAMESPACE=default;K8S_POD_NAME=', 'the pod'],
    ['', 'the pod'],
  ])('of %j is called %s', (text, pod) => {
    expect(formatPod(parseCniArgs(text))).toBe(pod)
  })
})
