import { describe, expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'
import { lintEntry } from '../../../helpers/lint.ts'

const OR = "; write IFNAME for the container's own, or all or default"

describe('names that can be no interface are errors', () => {
  test.each(['*', 'lxc*', 'ifname', 'Ifname', `\${IFNAME}`, '<ifname>', 'eth?', '%i', 'sixteencharacter'])(
    '%s',
    (name) => {
      const key = `net.ipv4.conf.${name}.rp_filter`
      expect(lintEntry({ sysctl: { [key]: 1 } })).toEqual([`9:9: error: ${key}: ${name} is not an interface${OR}`])
      expect(lintEntry({ sysctl: { [`-${key}`]: 1 } })).toEqual([
        `9:9: warning: ${key}: ${name} is not an interface${OR}`,
      ])
      expect(lintEntry({ sysctl: { [key]: 1 } }, { fresh: null })).toEqual([
        `9:9: error: ${key}: ${name} is not an interface${OR}`,
      ])
      const files = { '/x.conflist': '{"plugins": [{"type": "bridge"}]}', '/opt/cni/bin/bridge': '' }
      expect(typed(['install', '--into', '/x.conflist', '--sysctl', `${key}=1`], { files })).toMatchObject({
        exitCode: 2,
        stderr: `netns-sysctl: ${key}: ${name} is not an interface${OR}\n`,
      })
    },
  )
})

describe('a name that some containers have', () => {
  test.each(['net.ipv4.conf.eth1.rp_filter', 'net/ipv4/conf/eth0.100/rp_filter'])('%s is a warning', (key) => {
    const name = key.includes('eth1') ? 'eth1' : 'eth0.100'
    expect(lintEntry({ sysctl: { [key]: 1 } })).toEqual([
      `9:9: warning: ${key}: only a container with an interface ${name} starts; write IFNAME for the container's own`,
    ])
  })

  test('is none where it may fail, nor of lo, nor of the interface that is rehearsed', () => {
    const sysctl = {
      '-net.ipv4.conf.eth1.rp_filter': 1,
      'net.ipv4.conf.lo.rp_filter': 1,
      'net.ipv4.conf.eth0.rp_filter': 1,
    }
    expect(lintEntry({ sysctl })).toEqual([])
  })

  test('must be of a sysctl that there is', () => {
    expect(lintEntry({ sysctl: { 'net.ipv4.conf.eth1.rp_filters': 1 } })[1]).toMatch(
      /^9:9: error: net\.ipv4\.conf\.eth1\.rp_filters: does not exist on Linux 6\.18\.44; did you mean net\.ipv4\.conf\.eth1\.rp_filter/,
    )
  })
})
