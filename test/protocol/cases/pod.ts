import { errorDocument, PREV_RESULT } from '../../helpers/requests.ts'
import type { Sysctls } from '../../helpers/sysctls.ts'
import type { ProtocolCase } from '../protocol-case.ts'

const POD_ANNOTATIONS = 'io.kubernetes.cri.pod-annotations'
const SOMAXCONN = { 'net/core/somaxconn': '1024' }
const allow = ['net.core.somaxconn', 'net.ipv4.tcp_keepalive_*']
const ASK_FOR_IT = "the network's configuration allows it in pod.allow"

const env = { CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAME=web;K8S_POD_NAMESPACE=default' }

const saying = (text: unknown) => ({ runtimeConfig: { [POD_ANNOTATIONS]: { 'netns-sysctl/sysctls': text } } })

/** The member `pod` and the pod's annotations. */
export const POD_CASES: readonly ProtocolCase[] = [
  added('an annotation is written', { pod: { allow }, ...saying('net.core.somaxconn = 1024') }, SOMAXCONN),
  added(
    'an annotation wins over sysctl and args.cni',
    {
      pod: { allow },
      sysctl: { 'net.core.somaxconn': 1 },
      args: { cni: { sysctl: { 'net.core.somaxconn': 2 } } },
      ...saying('net.core.somaxconn = 1024'),
    },
    SOMAXCONN,
  ),
  added(
    'pod and runtimeConfig are read without regard to case',
    {
      Pod: { Allow: allow },
      RuntimeConfig: saying('net.core.somaxconn=1024').runtimeConfig,
    },
    SOMAXCONN,
  ),
  added('what an annotation may leave out is left out', { pod: { allow }, ...saying('-net.ipv4.tcp_keepalive_x = 1') }),
  added('a pod asks for nothing with annotations null', { pod: { allow }, runtimeConfig: { [POD_ANNOTATIONS]: null } }),
  added('a pod asks for nothing with annotations {}', { pod: { allow }, runtimeConfig: { [POD_ANNOTATIONS]: {} } }),
  added('a pod asks for nothing without runtimeConfig', { pod: { allow } }),
  added('annotations are not read without pod', saying('not a line')),
  added('annotations are not read with pod null', { pod: null, ...saying('not a line') }),
  refused(
    'what is not allowed is refused, with the name of the pod',
    { pod: { allow }, ...saying('net.ipv4.ip_forward=1') },
    [
      100,
      "net.ipv4.ip_forward: pod default/web may not set it; this network's pods may set " +
        'net.core.somaxconn, net.ipv4.tcp_keepalive_*',
      ASK_FOR_IT,
    ],
  ),
  refused('nothing is allowed by default', { pod: {}, ...saying('net.core.somaxconn=1024') }, [
    100,
    "net.core.somaxconn: pod default/web may not set it; this network's pods may set nothing",
    ASK_FOR_IT,
  ]),
  refused(
    'two spellings within an annotation are refused',
    { pod: { allow }, ...saying('net.core.somaxconn=1\nnet/core/somaxconn=2') },
    [7, 'net.core.somaxconn is set twice, as net.core.somaxconn and as net/core/somaxconn', 'leave one of them'],
  ),
  refused(
    'a line that is none is named by its number',
    { pod: { allow, annotation: 'a/b' }, runtimeConfig: { [POD_ANNOTATIONS]: { 'a/b': '\n#\nx' } } },
    [7, 'annotation a/b, line 3: "x" is not "name = value"', 'one "name = value" a line, as in sysctl.d(5)'],
  ),
  refused(
    'members of a wrong type are named by their place',
    { pod: { allow: 'net.*', annotation: 1 }, runtimeConfig: { [POD_ANNOTATIONS]: 'x' } },
    [
      6,
      'runtimeConfig["io.kubernetes.cri.pod-annotations"] must be an object, not "x"; ' +
        'pod.allow must be an array of strings, not "net.*"; pod.annotation must be a string, not 1',
    ],
  ),
  refused('an annotation without a name is refused', { pod: { annotation: '' } }, [
    6,
    'pod.annotation must not be empty',
  ]),
  refused('pod that is not an object is refused', { pod: ['net.*'] }, [6, 'pod must be an object, not an array']),
  refused('patterns that are none are all named', { pod: { allow: ['*', 'net.core.somaxconn', 'net.[a]'] } }, [
    2,
    'pod.allow[0] "*" must start with "net."; pod.allow[2] "net.[a]" may have only "*" and "?" as wildcards',
    'patterns are like net.core.somaxconn and net.ipv4.tcp_keepalive_*',
  ]),
]

function added(name: string, conf: object, after: Sysctls = {}): ProtocolCase {
  return { name, command: 'ADD', env, conf: { ...conf }, exitCode: 0, stdout: PREV_RESULT, after }
}

function refused(name: string, conf: object, [code, msg, details]: [number, string, string?]): ProtocolCase {
  return { name, command: 'ADD', env, conf: { ...conf }, exitCode: 1, stdout: errorDocument(code, msg, details) }
}
