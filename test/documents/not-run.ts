/** Commands that this test cannot run, by their start, with the reason. Keep it small. */
export const NOT_RUN: readonly (readonly [start: string, reason: string])[] = [
  ['apt-get ', 'it changes the machine; npm run test:fresh runs it on new Debians'],
  ['node .ci/requirements.mjs', 'npm ci needs the network; npm run test:fresh runs it on new Debians'],
  ['npm ci', 'npm ci needs the network; .ci/run and npm run test:fresh run it'],
  ['npm run ', 'it takes minutes; test/unit/documents.test.ts proves that there is such a script'],
  ['SIGN=gpg:', 'it makes a release; test/release/sign.test.ts signs with a key of its own'],
  ['SIGN=ssh:', 'it needs a key; test/release/sign.test.ts signs with a key of its own'],
  ['gpg --verify', 'it needs a key; test/release/sign.test.ts runs it'],
  ['ssh-keygen -Y verify', 'it needs a key; test/release/sign.test.ts runs it'],
  ['git checkout', 'it needs a tag and makes a release; npm run test:release runs what follows'],
  ['dpkg-deb -x qjs-src', 'it needs a package from the network; test/build/sources.test.ts unpacks one'],
  ['QUICKJS_SRC=', 'it needs a package from the network; test/build/sources.test.ts builds from a folder'],
  ['docker ', 'there is no docker here'],
  ['kubectl ', 'there is no cluster here'],
]

/** Why a command is not run; undefined if it is. */
export function reasonNotToRun(command: string): string | undefined {
  return NOT_RUN.find(([start]) => command.startsWith(start))?.[1]
}
