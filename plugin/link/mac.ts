/** A MAC address of six bytes as Go's net.ParseMAC reads it; printed with colons and small letters. */
export function normalizeMac(text: string): string | undefined {
  const digits = SPELLINGS.some((spelling) => spelling.test(text)) ? text.replace(/[:.-]/g, '').toLowerCase() : ''
  return digits === '' ? undefined : (digits.match(/../g) ?? []).join(':')
}

/** Why an interface cannot have this MAC address, or undefined: is_valid_ether_addr() in <linux/etherdevice.h>. */
export function macProblem(text: string): string | undefined {
  const mac = normalizeMac(text)
  if (mac === undefined) return 'is not a MAC address, like 0a:58:0a:f4:01:02'
  if (mac === '00:00:00:00:00:00') return 'is all zeros'
  const isMulticast = Number.parseInt(mac.slice(0, 2), 16) % 2 === 1
  return isMulticast ? 'is a multicast address: its first byte is odd' : undefined
}

/** The six bytes of a MAC address with colons. */
export function macToBytes(mac: string): number[] {
  return mac.split(':').map((byte) => Number.parseInt(byte, 16))
}

export function macFromBytes(bytes: ArrayLike<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':')
}

const SPELLINGS = [
  /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i,
  /^[0-9a-f]{2}(-[0-9a-f]{2}){5}$/i,
  /^[0-9a-f]{4}(\.[0-9a-f]{4}){2}$/i,
]
