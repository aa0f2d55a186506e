/**
 * Characters that a terminal obeys or does not show: control characters, those that change the direction of text, join it or
 * have no width (Unicode's Cf), line separators, and halves of pairs, which are no text. Tabs and line breaks are not
 * among them.
 */
const INVISIBLE = /[^\P{Cc}\t\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Nearly every text has only these characters. */
const PLAIN = /^[\t\n\x20-\x7e]*$/

/** A text for people, whoever wrote it: invisible characters are shown as `\u{1b}`. */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(INVISIBLE, (character) => `\\u{${hexOf(character)}}`)
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '\\u{a}')
}

/** A JSON text with the same meaning, in which invisible characters are JSON's own escapes. */
export function visibleJson(json: string): string {
  if (PLAIN.test(json)) return json
  return json.replace(INVISIBLE, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

function hexOf(character: string): string {
  return (character.codePointAt(0) as number).toString(16)
}
