/** Why a text is not a pattern; messages put it behind the text. */
export class PatternError extends Error {}

/** Reads a pattern by code points; an empty text means the end. */
export class Reader {
  private readonly characters: readonly string[]
  private at = 0

  constructor(text: string) {
    this.characters = [...text]
  }

  get isAtEnd(): boolean {
    return this.at >= this.characters.length
  }

  peek(): string {
    return this.characters[this.at] ?? ''
  }

  take(): string {
    const character = this.peek()
    this.at += 1
    return character
  }

  startsWith(text: string): boolean {
    for (let index = 0; index < text.length; index++) {
      if (this.characters[this.at + index] !== text[index]) return false
    }
    return true
  }

  /** Skips `text` (ASCII) if it is next. */
  eat(text: string): boolean {
    if (!this.startsWith(text)) return false
    this.at += text.length
    return true
  }

  /** The text before `end` (ASCII); skips both. Undefined if `end` does not follow; then nothing is skipped. */
  takeUntil(end: string): string | undefined {
    const start = this.at
    let text = ''
    while (!this.isAtEnd) {
      if (this.eat(end)) return text
      text += this.take()
    }
    this.at = start
    return undefined
  }

  /** The next characters that match, at most `most`. */
  takeWhile(pattern: RegExp, most = Number.POSITIVE_INFINITY): string {
    let text = ''
    while (text.length < most && !this.isAtEnd && pattern.test(this.peek())) text += this.take()
    return text
  }

  /** The position, for {@link goTo}. */
  get place(): number {
    return this.at
  }

  goTo(place: number): void {
    this.at = place
  }
}
