export function debianMirror(suite: string): string
