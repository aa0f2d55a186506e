const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The bytes that a text of base64 (RFC 4648, section 4) means, each as a character; what is no digit is left out. */
export function decodeBase64(text: string): string {
  const decoded: string[] = []
  let bits = 0
  let count = 0
  for (const character of text) {
    const digit = DIGITS.indexOf(character)
    if (digit < 0) continue
    bits = ((bits << 6) | digit) & 0xffff
    count += 6
    if (count < 8) continue
    count -= 8
    decoded.push(String.fromCharCode((bits >> count) & 0xff))
  }
  return decoded.join('')
}
