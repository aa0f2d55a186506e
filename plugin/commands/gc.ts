/** GC: nothing outlives an attachment, so there is nothing to collect. */
export function gc(): void {}
