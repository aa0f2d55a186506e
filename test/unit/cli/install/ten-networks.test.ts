import { describe, expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'

const SYSCTL = ['--sysctl', 'net.core.somaxconn=16384']
const FOLDER = '/etc/cni/net.d'

/** The shapes of the files that ten networks have, as their agents write them. */
const NETWORKS: Readonly<Record<string, string>> = {
  'Flannel: two blanks': `{\n  "name": "cbr0",\n  "cniVersion": "0.3.1",\n  "plugins": [\n    {\n      "type": "flannel",\n      "delegate": {\n        "hairpinMode": true,\n        "isDefaultGateway": true\n      }\n    },\n    {\n      "type": "portmap",\n      "capabilities": {\n        "portMappings": true\n      }\n    }\n  ]\n}\n`,
  'Calico: no final newline': `{\n  "name": "k8s-pod-network",\n  "cniVersion": "0.3.1",\n  "plugins": [{"container_settings":{"allow_ip_forwarding":false},"datastore_type":"kubernetes","mtu":0,"type":"calico"},{"capabilities":{"bandwidth":true},"type":"bandwidth"},{"capabilities":{"portMappings":true},"snat":true,"type":"portmap"}]\n}`,
  'Cilium: tabs in one part': `\n{\n  "cniVersion": "0.3.1",\n  "name": "cilium",\n  "plugins": [\n    {\n       "type": "cilium-cni",\n       "enable-debug": false,\n       "log-file": "/var/run/cilium/cilium-cni.log"\n    }\n  ]\n}\n`,
  'kindnet: one plugin after a blank line': `\n{\n\t"cniVersion": "0.3.1",\n\t"name": "kindnet",\n\t"plugins": [\n\t{\n\t\t"type": "ptp",\n\t\t"ipMasq": false,\n\t\t"ipam": {\n\t\t\t"type": "host-local",\n\t\t\t"ranges": [\n\t\t\t\t\n\t\t\t\t[ { "subnet": "10.244.0.0/24" } ]\n\t\t\t]\n\t\t}\n\t},\n\t{\n\t\t"type": "portmap",\n\t\t"capabilities": {\n\t\t\t"portMappings": true\n\t\t}\n\t}\n\t]\n}\n`,
  'podman: three blanks': `{\n   "cniVersion": "0.4.0",\n   "name": "podman",\n   "plugins": [\n      {\n         "type": "bridge",\n         "bridge": "cni-podman0"\n      },\n      {\n         "type": "tuning"\n      }\n   ]\n}\n`,
  'nerdctl: one line':
    '{"cniVersion":"1.0.0","name":"bridge","nerdctlID":"17f29b073143d8cd97b5bbe492bdeffec1c5fee55cc1fe2112c8b9335f8b6121","plugins":[{"type":"bridge","bridge":"nerdctl0"},{"type":"tuning"}]}',
  'Weave: CRLF':
    '{\r\n    "cniVersion": "0.3.0",\r\n    "name": "weave",\r\n    "plugins": [\r\n        {\r\n            "name": "weave",\r\n            "type": "weave-net",\r\n            "hairpinMode": true\r\n        }\r\n    ]\r\n}\r\n',
  'AWS VPC: an odd indent': `{\n  "cniVersion": "0.4.0",\n  "name": "aws-cni",\n  "disableCheck": true,\n  "plugins": [\n    {\n      "name": "aws-cni",\n      "type": "aws-cni",\n      "mtu": "9001"\n    },\n {\n   "name": "egress-cni", "type": "egress-cni", "nodeIP": "192.0.2.1" }]\n}\n\n`,
  'Antrea: numbers that are no doubles':
    '{\n    "cniVersion":"0.3.0",\n    "name": "antrea",\n    "plugins": [\n        { "type": "antrea", "x": 12345678901234567890, "y": 1.0, "ipam": { "type": "host-local" } }\n        ,\n        { "type": "portmap", "capabilities": {"portMappings": true} }\n    ]\n}\n',
  'Kube-router: escapes':
    '{"cniVersion":"0.3.0","name":"mynet","plugins":[{"bridge":"kube-bridge","ipam":{"subnet":"10.1.0.0/24","type":"host-local"},"isDefaultGateway":true,"note":"\\u00e9\\/\\ud83d\\ude00","type":"bridge"}]}\n',
}

const files = (text: string) => ({
  '/proc/self/exe': 'x',
  '/opt/cni/bin/bridge': 'ELF',
  [`${FOLDER}/10-x.conflist`]: text,
})

describe.each(Object.entries(NETWORKS))('%s', (_, text) => {
  test.each([[[]], [['--own-file', '02-x.conflist']]])('comes back byte for byte, with %j', (more) => {
    const installed = typed(['install', ...SYSCTL, ...more], { files: files(text) })
    expect([installed.exitCode, installed.os.readFile(`${FOLDER}/10-x.conflist`) === text]).toEqual([
      0,
      more.length > 0,
    ])
    const again = typed(['install', ...SYSCTL, ...more], { state: installed.os.state })
    expect(again.os.writes).toEqual([])
    const back = typed(['uninstall', '--into', `${FOLDER}/10-x.conflist`], { state: installed.os.state })
    expect([back.exitCode, back.os.readFile(`${FOLDER}/10-x.conflist`)]).toEqual([0, text])
    expect(back.os.list(FOLDER)).toHaveLength(1)
  })
})

test('a byte order mark, which no runtime takes, is refused', () => {
  const { exitCode, stderr } = typed(['install', ...SYSCTL], { files: files(`\ufeff${NETWORKS['nerdctl: one line']}`) })
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('10-x.conflist:1:1: is not JSON')])
})
