/** DEL: succeeds whatever is missing. The sysctls of a netns go with it. */
export function del(): void {}
