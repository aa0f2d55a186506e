/**
 * What a terminal acts upon or does not show: control characters, those that change the direction of text, join it or
 * have no width (Unicode's Cf), line separators, and halves of pairs, which are no text. Tabs and line breaks are not
 * among them.
 */
const INVISIBLE = /[^\P{Cc}\t\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Nearly every text has nothing else. */
const PLAIN = /^[\t\n\x20-\x7e]*$/

/** A text for people, whoever has written it: what could not be seen is shown as `\u{1b}`. */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(INVISIBLE, (character) => `\\u{${hexOf(character)}}`)
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '\\u{a}')
}

/** A JSON text that means the same, with what could not be seen as JSON's own escapes. */
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
