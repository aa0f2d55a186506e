import { makeOld, namesIn } from '../helpers/data-dir.ts'
import { readLink, writeLink } from '../helpers/links.ts'
import { type Behaviour, verdict } from './behaviour.ts'

const CONF = { mtu: 1400, sysctl: { 'net.core.somaxconn': '1024' } }

export const DEL_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'DEL where the netns lives on: sysctls',
    observe(stand) {
      stand.ask('ADD', { conf: CONF })
      stand.ask('DEL', { conf: CONF })
      return stand.sysctl('net/core/somaxconn') === '4096' ? 'put back' : 'stay'
    },
  },
  {
    name: 'DEL where the mtu was changed since ADD',
    observe(stand) {
      stand.ask('ADD', { conf: CONF })
      writeLink(stand.netns, { mtu: 1300 })
      stand.ask('DEL', { conf: CONF })
      return readLink(stand.netns).mtu === 1300 ? 'leaves it' : 'overwrites it'
    },
  },
  {
    name: 'DEL with a netns that is gone',
    observe(stand) {
      stand.ask('ADD', { conf: CONF })
      const text = verdict(stand.ask('DEL', { conf: CONF, env: { CNI_NETNS: '/proc/4194305/ns/net' } }))
      return `${text}, ${namesIn(stand.dataDir).length === 0 ? 'no file is left' : 'its file is left for good'}`
    },
  },
  {
    name: 'DEL with a configuration that is invalid by now',
    observe(stand) {
      stand.ask('ADD', { conf: CONF })
      return verdict(stand.ask('DEL', { conf: { mtu: '1400' } }))
    },
  },
  {
    name: 'GC',
    observe(stand) {
      stand.ask('ADD', { conf: CONF })
      makeOld(stand.dataDir)
      const text = verdict(stand.ask('GC', { conf: { cniVersion: '1.1.0', 'cni.dev/valid-attachments': [] } }))
      if (text !== 'passes') return text
      return namesIn(stand.dataDir).length === 0 ? 'removes what is left' : 'removes nothing'
    },
  },
]
