import { readLink } from '../helpers/links.ts'
import { addVeth } from '../helpers/netns.ts'
import { writeSysctls } from '../helpers/sysctls.ts'
import { type Behaviour, message, verdict } from './behaviour.ts'
import type { Asked, Stand } from './stand.ts'

const RUNS = 20

export const ADD_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: '`args.cni.sysctl` without `sysctl`',
    observe: (stand) => addSomaxconn(stand, { conf: { args: { cni: { sysctl: { 'net.core.somaxconn': '1024' } } } } }),
  },
  {
    name: "ADD in the plugin's own netns",
    observe(stand) {
      const asked = { conf: { sysctl: { 'net.core.somaxconn': '1024' } }, isInside: true }
      const answer = stand.ask('ADD', asked)
      const written = stand.sysctl('net/core/somaxconn') === '1024' ? 'the sysctl is written' : 'nothing is written'
      return answer.documents.length > 1
        ? `${answer.documents.length} JSON documents, ${written}`
        : `${verdict(answer)}, ${written}`
    },
  },
  {
    name: 'Order of the writes',
    observe(stand) {
      // A change of ip_forward sets the forwarding of every interface, so 0 stays only if it comes last.
      const sysctl = { 'net.ipv4.ip_forward': '1', 'net.ipv4.conf.eth0.forwarding': '0' }
      const runs = Array.from({ length: RUNS }, () => {
        writeSysctls(stand.netns, { 'net/ipv4/ip_forward': '0' })
        stand.ask('ADD', { conf: { sysctl } })
        return stand.sysctl('net/ipv4/conf/eth0/forwarding')
      })
      return runs.every((value) => value === '0') ? 'as configured' : 'random'
    },
  },
  {
    name: 'ADD that fails at its second step',
    observe(stand) {
      const { mtu } = readLink(stand.netns)
      // tuning sets the sysctls first, this plugin the interface; the middle one of three fails.
      const bad = { 'net.core.somaxconn': '1024', 'net.ipv4.ip_local_port_range': '65535 1024' }
      const answers = [
        { mtu: 1400, sysctl: bad },
        { mtu: 99999, sysctl: { 'net.core.somaxconn': '1024' } },
      ].map((conf) => stand.ask('ADD', { conf }))
      const isAsBefore = stand.sysctl('net/core/somaxconn') === '4096' && readLink(stand.netns).mtu === mtu
      if (answers.some(({ exitCode }) => exitCode === 0)) return 'succeeds'
      return isAsBefore ? 'everything is put back' : 'what was written stays'
    },
  },
  {
    name: 'A sysctl that does not exist',
    observe: (stand) => message(stand.ask('ADD', { conf: { sysctl: { 'net.core.somaxcon': '1024' } } })),
  },
  {
    name: 'A sysctl of a VLAN interface, `eth0.100`',
    observe(stand) {
      addVeth(stand.netns, 'eth0.100')
      const names = [
        'net/ipv4/conf/eth0.100/rp_filter',
        'net.ipv4.conf.eth0/100.rp_filter',
        'net.ipv4.conf.IFNAME.rp_filter',
      ]
      const done = names.filter((name) => {
        writeSysctls(stand.netns, { 'net/ipv4/conf/eth0.100/rp_filter': '0' })
        stand.ask('ADD', { conf: { sysctl: { [name]: '2' } }, env: { CNI_IFNAME: 'eth0.100' } })
        return stand.sysctl('net/ipv4/conf/eth0.100/rp_filter') === '2'
      })
      return done.length === 0 ? 'cannot be set' : `set, in ${done.length} of ${names.length} spellings`
    },
  },
  {
    name: 'A name with two `IFNAME`',
    observe(stand) {
      const text = message(stand.ask('ADD', { conf: { sysctl: { 'net.ipv4.conf.IFNAME.IFNAME': '1' } } }))
      return text.includes('IFNAME') ? 'the first is replaced' : 'both are replaced'
    },
  },
  {
    name: 'A number as a value',
    observe: (stand) => addSomaxconn(stand, { conf: { sysctl: { 'net.core.somaxconn': 1024 } } }),
  },
  {
    name: 'One sysctl given twice, with other values',
    observe(stand) {
      const twice = (conf: object) => JSON.stringify(conf).replace(/("net\.core\.somaxconn":)"1"/, '$1"1",$1"2"')
      return verdict(stand.ask('ADD', { conf: { sysctl: { 'net.core.somaxconn': '1' } }, toStdin: twice }))
    },
  },
  {
    name: 'Members of `prevResult` that it does not know',
    observe(stand) {
      const prevResult = { cniVersion: '1.0.0', interfaces: [{ name: 'eth0', mtu: 1500 }], vendor: 1 }
      const [result] = stand.ask('ADD', { conf: { prevResult } }).documents
      const text = JSON.stringify(result)
      return text.includes('vendor') && text.includes('mtu') ? 'passed on' : 'dropped'
    },
  },
]

function addSomaxconn(stand: Stand, asked: Asked): string {
  const text = verdict(stand.ask('ADD', asked))
  if (text !== 'passes') return text
  return stand.sysctl('net/core/somaxconn') === '1024' ? 'set' : 'passes, not set'
}
