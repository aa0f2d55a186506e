import { readLinkAttribute } from '../../../plugin/link/attributes.ts'
import { readLinkNames } from '../../../plugin/link/names.ts'
import { cString, netlinkAttribute, netlinkRequest } from '../../../plugin/link/netlink.ts'
import { createVeth } from '../../../plugin/link/veth.ts'
import type { Os } from '../../../plugin/os/os.ts'
import { type ContractCase, error } from '../case.ts'

const OWN = '/proc/thread-self/ns/net'
const SOMAXCONN = '/proc/sys/net/core/somaxconn'

/** Runs it in a new netns, so that the machine is not changed, and returns. */
function inside<T>(action: (os: Os) => T): (os: Os) => T {
  return (os) => {
    os.makeNetns()
    try {
      return action(os)
    } finally {
      os.leaveNetns()
    }
  }
}

export const SYSCTLS: readonly ContractCase[] = [
  {
    name: 'a sysctl is read and written where it was opened',
    run: inside((os) => {
      const file = os.openSysctl(SOMAXCONN)
      if (file === undefined) return 'too many are open'
      const before = os.readSysctl(SOMAXCONN, file)
      os.writeSysctl(SOMAXCONN, file, '77\n')
      os.leaveNetns()
      os.writeSysctl(SOMAXCONN, file, '78\n')
      return [before, os.readSysctl(SOMAXCONN, file), os.readFile(SOMAXCONN) === '78\n']
    }),
    gives: ['4096\n', '78\n', false],
  },
  {
    name: 'writeFile writes to what is there',
    run: inside((os) => {
      os.writeFile(SOMAXCONN, '77\n')
      return os.readFile(SOMAXCONN)
    }),
    gives: '77\n',
  },
  {
    name: 'writeFile makes nothing',
    run: inside((os) => os.writeFile('/proc/sys/net/core/nosuch', '1\n')),
    gives: error('ENOENT', 'open', '/proc/sys/net/core/nosuch'),
  },
  {
    name: 'openSysctl of nothing',
    run: inside((os) => os.openSysctl('/proc/sys/net/core/nosuch')),
    gives: error('ENOENT', 'open', '/proc/sys/net/core/nosuch'),
  },
  {
    name: 'openSysctl of a folder',
    run: inside((os) => os.openSysctl('/proc/sys/net/core')),
    gives: error('EISDIR', 'open', '/proc/sys/net/core'),
  },
  {
    name: 'writeFile of what the kernel refuses',
    run: inside((os) => os.writeFile(SOMAXCONN, 'x\n')),
    gives: error('EINVAL', 'write', SOMAXCONN),
  },
  {
    name: 'writeSysctl of what the kernel refuses',
    run: inside((os) => {
      const file = os.openSysctl(SOMAXCONN)
      if (file !== undefined) os.writeSysctl(SOMAXCONN, file, 'x\n')
    }),
    gives: error('EINVAL', 'write', SOMAXCONN),
  },
  {
    name: 'a sysctl of an interface that is gone since it was opened',
    run: inside((os) => {
      createVeth(os, 'eth0', 'eth0p')
      const path = '/proc/sys/net/ipv4/conf/eth0/rp_filter'
      const file = os.openSysctl(path)
      os.netlink(0, netlinkRequest(RTM_DELLINK, 0, new Uint8Array(16), netlinkAttribute(IFLA_IFNAME, cString('eth0'))))
      if (file !== undefined) os.readSysctl(path, file)
    }),
    gives: error('ENOENT', 'read', '/proc/sys/net/ipv4/conf/eth0/rp_filter'),
    isReal: true,
  },
]

const RTM_DELLINK = 17
const IFLA_IFNAME = 3

export const NETNS: readonly ContractCase[] = [
  {
    name: 'openNetns of nothing',
    run: (os, root) => os.openNetns(`${root}/nosuch`).id,
    gives: error('ENOENT', 'open', '/nosuch'),
  },
  {
    name: 'openNetns of a file',
    run: (os, root) => os.openNetns(`${root}/file`).id,
    gives: error('EINVAL', 'statfs', '/file'),
    isReal: true,
  },
  {
    name: 'the own netns has one number, also from another one',
    run(os) {
      const own = os.openNetns(OWN)
      const before = [own.id === os.ownNetnsId(), typeof os.netnsCookie()]
      os.makeNetns()
      const after = [os.openNetns(OWN).id === own.id, os.ownNetnsId() === own.id]
      os.leaveNetns()
      return [...before, ...after, os.openNetns(OWN).id === own.id]
    },
    gives: [true, 'string', false, true, true],
    isReal: true,
  },
  {
    name: 'enterNetns enters what was opened; each netns has its cookie',
    run(os) {
      os.makeNetns()
      const [made, cookie] = [os.openNetns(OWN), os.netnsCookie()]
      os.leaveNetns()
      const own = os.netnsCookie()
      os.enterNetns(made)
      const again = os.netnsCookie()
      os.leaveNetns()
      return [own === cookie, again === cookie, os.netnsCookie() === own]
    },
    gives: [false, true, true],
    isReal: true,
  },
  {
    name: 'enterNetns of another kind of namespace',
    run: (os) => os.enterNetns(os.openNetns('/proc/self/ns/uts')),
    gives: error('EINVAL', 'setns', '/proc/self/ns/uts'),
    isReal: true,
  },
  {
    name: 'netlink makes interfaces, and linkIoctl looks at them',
    run: inside((os) => {
      createVeth(os, 'eth0', 'eth0p')
      return [readLinkNames(os).sort(), readLinkAttribute(os, 'eth0', 'mtu'), readLinkAttribute(os, 'eth0', 'promisc')]
    }),
    gives: [['eth0', 'eth0p', 'lo'], '1500', '0'],
  },
  {
    name: 'linkIoctl changes one',
    run: inside((os) => {
      createVeth(os, 'eth0', 'eth0p')
      const union = new Uint8Array(24)
      new DataView(union.buffer).setInt32(0, 1400, true)
      os.linkIoctl(0x8922, 'eth0', union)
      return readLinkAttribute(os, 'eth0', 'mtu')
    }),
    gives: '1400',
  },
  {
    name: 'linkIoctl of what the device refuses',
    run: inside((os) => {
      createVeth(os, 'eth0', 'eth0p')
      os.linkIoctl(0x8922, 'eth0', new Uint8Array(24))
    }),
    gives: error('EINVAL', 'ioctl', 'eth0'),
  },
  {
    name: 'linkIoctl of no interface',
    run: inside((os) => readLinkAttribute(os, 'eth7', 'mtu')),
    gives: error('ENODEV', 'ioctl', 'eth7'),
  },
  {
    name: 'netlink tells what the kernel refuses',
    run: inside((os) => {
      createVeth(os, 'eth0', 'eth0p')
      createVeth(os, 'eth0', 'eth0q')
    }),
    gives: error('EEXIST', 'request', 'netlink 0'),
  },
]
