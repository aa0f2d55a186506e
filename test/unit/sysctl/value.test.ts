import { describe, expect, test } from 'vitest'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { isKept, isSameValue, parseValue } from '../../../plugin/sysctl/value.ts'
import { problemsOf } from '../../helpers/errors.ts'

const SOMAXCONN = parseSysctlKey('net.core.somaxconn')

describe('a configured value becomes the text to write', () => {
  test.each([
    ['4096', '4096'],
    [4096, '4096'],
    [-1, '-1'],
    [-0, '0'],
    [true, '1'],
    [false, '0'],
    ['true', 'true'],
    ['  4096\t', '4096'],
    ['4096\n', '4096'],
    ['4096 87380\t6291456', '4096 87380\t6291456'],
    ['', ''],
    ['   ', ''],
  ])('%j is %j', (value, text) => {
    expect(parseValue(SOMAXCONN, value)).toBe(text)
  })

  test.each(['1\n2', '1\r\n2', '1\r2', '1\0', '1\x002'])('%j is refused', (value) => {
    expect(problemsOf(() => parseValue(SOMAXCONN, value))).toEqual([
      {
        code: 2,
        msg: `net.core.somaxconn: the value ${JSON.stringify(value)} has a line break or a NUL`,
        details: 'a value is one line',
      },
    ])
  })
})

describe('two texts are the same value', () => {
  test.each([
    ['net.core.somaxconn', '4096', '4096'],
    ['net.core.somaxconn', '0x10', '16'],
    ['net.core.somaxconn', '0X10', '16'],
    ['net.core.somaxconn', '010', '8'],
    ['net.core.somaxconn', '-0x10', '-16'],
    ['net.core.somaxconn', '-0', '0'],
    ['net.core.somaxconn', '00', '0'],
    ['net.core.somaxconn', '18446744073709551615', '0xffffffffffffffff'],
    ['net.ipv4.ip_local_port_range', '1024 65535', '1024\t65535'],
    ['net.ipv4.tcp_rmem', ' 4096   131072 0x10 ', '4096\t131072\t16'],
    ['net.ipv4.tcp_congestion_control', 'cubic', 'cubic'],
    ['net.ipv4.ip_local_reserved_ports', '8080,8081', '8080-8081'],
    ['net.ipv4.ip_local_reserved_ports', '9000,8080', '8080,9000'],
    ['net.ipv4.ip_local_reserved_ports', '80,80-82,81', '80-82'],
    ['net.ipv4.ip_local_reserved_ports', '80-90,81-82', '80-90'],
    ['net.ipv4.ip_local_reserved_ports', '80-82,80-90', '80-90'],
    ['net.ipv4.ip_local_reserved_ports', '900,1000', '1000,900'],
    ['net.ipv4.ip_local_reserved_ports', ' 80, 90 ,', '80,90'],
    ['net.ipv6.icmp.ratemask', '0-1,3-127', '0,1,3-127'],
    ['net.bridge.bridge-nf-filter-vlan-tagged', '0x0', '0'],
    ['net.bridge.bridge-nf-call-iptables', '-1', '1'],
    ['net.ipv4.ip_local_reserved_ports', '', ''],
    ['net.bridge.bridge-nf-call-iptables', '7', '1'],
    ['net.ipv4.tcp_fastopen_key', '1-2-3-A', '00000001-00000002-00000003-0000000a'],
    ['net.ipv6.conf.eth0.stable_secret', '2001:db8::1', '2001:0db8:0000:0000:0000:0000:0000:0001'],
    ['net.ipv6.conf.eth0.stable_secret', '2001:DB8::', '2001:0db8:0000:0000:0000:0000:0000:0000'],
    ['net.ipv6.conf.eth0.stable_secret', '::1:2', '0000:0000:0000:0000:0000:0000:0001:0002'],
    ['net.ipv6.conf.eth0.stable_secret', '::', '0:0:0:0:0:0:0:0'],
    ['net.ipv6.conf.eth0.stable_secret', '1:2:3:4:5:6:7:8', '0001:0002:0003:0004:0005:0006:0007:0008'],
    ['net.ipv6.conf.eth0.stable_secret', '1:2:3::5:6:7:8', '1:2:3:0:5:6:7:8'],
    [
      'net.ipv4.tcp_fastopen_key',
      '1-2-3-4,5-6-7-8',
      '00000001-00000002-00000003-00000004,00000005-00000006-00000007-00000008',
    ],
    ['net.core.rps_default_mask', 'FF', '000000ff'],
    ['net.core.rps_default_mask', 'f,00000000', '0000000f,00000000'],
    ['net.core.rps_default_mask', 'f00000000', '0000000f,00000000'],
    ['net.core.flow_limit_cpu_bitmap', '0', '00000000'],
    ['net.ipv4.ping_group_range', '5 3', '1\t0'],
    ['net.ipv4.ping_group_range', '0x1 010', '1\t8'],
    ['net.ipv4.ping_group_range', '3 3', '3\t3'],
  ])('of %s: %j and %j', (name, a, b) => {
    expect([isSameValue(parseSysctlKey(name), a, b), isSameValue(parseSysctlKey(name), b, a)]).toEqual([true, true])
  })
})

describe('two texts are not the same value', () => {
  test.each([
    ['net.core.somaxconn', '4096', '4097'],
    ['net.core.somaxconn', '10', '0x10'],
    ['net.core.somaxconn', '10', '010'],
    ['net.core.somaxconn', '1', '-1'],
    ['net.core.somaxconn', '1', ''],
    ['net.core.somaxconn', '9007199254740993', '9007199254740992'],
    ['net.core.somaxconn', '08', '8'],
    ['net.ipv4.tcp_rmem', '1 2 3', '123'],
    ['net.ipv4.tcp_rmem', '1 2 3', '3 2 1'],
    ['net.ipv4.tcp_congestion_control', 'cubic', 'reno'],
    ['net.ipv4.tcp_congestion_control', 'Cubic', 'cubic'],
    ['net.ipv4.ip_local_reserved_ports', '8080,8082', '8080-8082'],
    ['net.ipv4.ip_local_reserved_ports', '80', ''],
    ['net.ipv4.ip_local_reserved_ports', '80-82', '80-83'],
    ['net.ipv4.ip_local_reserved_ports', '79-82', '80-82'],
    ['net.ipv4.ip_local_reserved_ports', '80-82,80-90', '80-82'],
    ['net.ipv4.ip_local_reserved_ports', 'x', '80'],
    ['net.ipv4.ip_local_reserved_ports', '80-x', '81-x'],
    ['net.ipv4.ip_local_reserved_ports', 'x-80', 'y-80'],
    ['net.ipv4.ip_local_reserved_ports', '80,90-x', '80,90-y'],
    ['net.ipv6.icmp.ratemask', '0-1,3-127', '0-127'],
    ['net.bridge.bridge-nf-call-iptables', '1', '0'],
    ['net.bridge.bridge-nf-call-iptables', 'on', 'off'],
    ['net.bridge.bridge-nf-call-iptables', 'on', '1'],
    ['net.ipv4.tcp_fastopen_key', '1-2-3-4', '00000001-00000002-00000003-00000005'],
    ['net.ipv4.tcp_fastopen_key2', '1', '00000001x'],
    ['net.ipv4.tcp_fastopen_keys', 'a-b', '0000000a-0000000b'],
    ['net.ipv6.conf.eth0.stable_secrets', '::1', '0:0:0:0:0:0:0:1'],
    ['net.core.rps_default_masks', 'ff', '000000ff'],
    ['net.bridge.bridge-nf-x', '2', '0'],
    ['net.net.ipv4.ip_local_reserved_ports', '8080,8081', '8080-8081'],
    ['net.ipv4.ip_local_reserved_ports2', '8080,8081', '8080-8081'],
    ['net.net.bridge.bridge-nf-x', '7', '1'],
    ['net.net.core.rps_default_mask', 'ff', '000000ff'],
    ['net.net.ipv4.ping_group_range', '5 3', '1 0'],
    ['net.ipv4.ping_group_range2', '5 3', '1 0'],
    ['net.ipv6.conf.eth0.stable_secret', '2001:db8::1', '2001:db8::2'],
    ['net.ipv6.conf.eth0.stable_secret', '::1', '1::'],
    ['net.ipv6.conf.eth0.stable_secret', '1:2:3:4:5:6:7:8::', '1:2:3:4:5:6:7:8::9'],
    ['net.ipv6.conf.eth0.stable_secret', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7::'],
    ['net.core.rps_default_mask', '0', '1'],
    ['net.core.rps_default_mask', 'f0', '0f'],
    ['net.ipv4.ping_group_range', '0 5', '1 0'],
    ['net.ipv4.ping_group_range', '3 3', '1 0'],
    ['net.ipv4.ping_group_range', '5', '1 0'],
  ])('of %s: %j and %j', (name, a, b) => {
    expect([isSameValue(parseSysctlKey(name), a, b), isKept(parseSysctlKey(name), a, b)]).toEqual([false, false])
  })
})

describe('a value is kept where the kernel shows what it makes of it', () => {
  test.each([
    ['net.core.somaxconn', '0x10', '16'],
    ['net.ipv4.tcp_rmem', '5000', '5000\t131072\t33554432'],
    ['net.ipv4.ip_local_port_range', '1024 65535 7', '1024\t65535'],
    ['net.ipv4.neigh.eth0.retrans_time_ms', '1003', '1000'],
    ['net.ipv4.route.min_adv_mss_ms', '5', '0'],
    ['net.ipv4.neigh.eth0.retrans_time_ms', '1010', '1000'],
    ['net.ipv4.neigh.eth0.retrans_time_ms', '1000', '1010'],
    ['net.ipv4.icmp_ratelimit', '1003', '1010'],
    ['net.ipv4.tcp_invalid_ratelimit', '503', '500'],
    ['net.ipv6.icmp.ratelimit', '1003', '1000'],
    ['net.ipv6.conf.eth0.mldv1_unsolicited_report_interval', '10003', '10000'],
    ['net.ipv6.conf.eth0.mldv2_unsolicited_report_interval', '1003', '1000'],
    ['net.ipv4.neigh.eth0.locktime', '102', '100'],
    ['net.ipv4.neigh.eth0.locktime', '100', '102'],
    ['net.ipv4.neigh.eth0.anycast_delay', '101', '100'],
    ['net.ipv6.neigh.eth0/100.proxy_delay', '81', '80'],
    ['net.ipv4.neigh.eth0.retrans_time', '101', '100'],
  ])('of %s: wrote %j, holds %j', (name, wanted, current) => {
    expect(isKept(parseSysctlKey(name), wanted, current)).toBe(true)
  })

  test.each([
    ['net.ipv4.tcp_rmem', '5000', '6000\t131072\t33554432'],
    ['net.ipv4.tcp_rmem', '5000 1', '5000\t131072\t33554432'],
    ['net.ipv4.neigh.eth0.retrans_time_ms', '1011', '1000'],
    ['net.ipv4.neigh.eth0.retrans_time_ms', '1000', '1011'],
    ['net.ipv4.neigh.eth0.locktime', '103', '100'],
    ['net.ipv4.neigh.eth0.locktime', '100', '103'],
    ['net.ipv4.neigh.eth0.locktime2', '102', '100'],
    ['net.ipv4.neigh.eth0.gc_stale_time', '61', '60'],
    ['net.ipv6.conf.eth0.mldv3_unsolicited_report_interval', '1003', '1000'],
    ['net.ipv4.tcp_keepalive_ms_time', '1003', '1000'],
    ['net.core.somaxconn', '101', '100'],
    ['net.core.somaxconn', '', '100'],
    ['net.core.somaxconn', '100', ''],
    ['net.ipv4.tcp_rmem', '5000 x', '5000\t131072\t33554432'],
    ['net.ipv4.tcp_congestion_control', '1', 'cubic'],
  ])('and not of %s: wrote %j, holds %j', (name, wanted, current) => {
    expect(isKept(parseSysctlKey(name), wanted, current)).toBe(false)
  })
})
