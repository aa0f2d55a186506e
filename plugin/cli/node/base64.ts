const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The bytes of a base64 text (RFC 4648, section 4), each as a character. Other characters are ignored. */
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
