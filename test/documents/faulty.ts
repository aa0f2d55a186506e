/** Conflists with mistakes, which lint finds in the documents. */

export const DRAFT = `{
  "cniVersion": "1.0.0",
  "name": "web",
  "plugins": [
    { "type": "bridge", "bridge": "cni0" },
    { "type": "netns-sysctl",
      "sysctls": { "net.core.somaxconn": 16384 },
      "sysctl": { "net.core.somaxcon": 16384 }
    }
  ]
}
`

export const FORWARDING = `{
  "cniVersion": "1.0.0",
  "name": "web",
  "plugins": [
    { "type": "bridge", "bridge": "cni0" },
    { "type": "netns-sysctl", "sysctl": {
        "net.core.somaxconn": "16M",
        "net.ipv4.conf.IFNAME.forwarding": 0,
        "net.ipv4.ip_forward": 1
    } }
  ]
}
`

export const NEWER_KERNEL = `{
  "cniVersion": "1.0.0",
  "name": "web",
  "plugins": [
    { "type": "bridge", "bridge": "cni0" },
    {
      "type": "netns-sysctl",
      "sysctl": {
        "net.core.somaxconn": 16384,
        "net.ipv4.tcp_plb_enabled": 1
      }
    }
  ]
}
`
