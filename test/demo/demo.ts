// Shows what the plugin does, without a container runtime, in a network namespace of its own: npm start [-- CONFLIST].
// It checks everything that it shows, and ends with 1 if something is wrong.
import { existsSync } from 'node:fs'
import { constants, release } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { styleText } from 'node:util'
import { readChain } from './chain.ts'
import { play } from './play.ts'
import { printSection } from './section.ts'
import { clearStage, PLUGIN, ROOT, type Stage, setStage } from './stage.ts'

const [file = join(ROOT, 'conf-examples/web-server.conflist')] = process.argv.slice(2)

try {
  process.exitCode = (await demonstrate()) ? 0 : 1
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

/** Whether everything was right. */
async function demonstrate(): Promise<boolean> {
  if (!existsSync(join(ROOT, PLUGIN))) throw new Error(`There is no ${PLUGIN} yet: run npm run build.`)
  const stage = await setStage(readChain(file))
  try {
    const untilStopped = closeOnSignals(stage)
    tellBeginning()
    let failures = 0
    let number = 0
    for await (const section of play(stage, file)) {
      const failed = section.findings.filter(({ isGood }) => !isGood).length
      // Ctrl-C reaches the plugin too, and that is not a failure of its own.
      await sleep(failed === 0 ? 0 : 50)
      await untilStopped()
      number += 1
      printSection(number, section)
      failures += failed
    }
    tellEnd(failures)
    return failures === 0
  } finally {
    await clearStage(stage)
  }
}

/** Removes the netns and exits on a signal; returns a function that waits for that, if it has begun. */
function closeOnSignals(stage: Stage): () => Promise<void> | undefined {
  let stopped: Promise<void> | undefined
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopped ??= clearStage(stage).then(() => {
        console.error(`\nStopped by ${signal}; the network namespace is removed.`)
        process.exit(128 + constants.signals[signal])
      })
    })
  }
  return () => stopped
}

function tellBeginning(): void {
  const title = styleText('bold', `netns-sysctl, on Linux ${release()}`)
  console.log(`${title}

A container's network starts with settings that the kernel has built in; most of the host's are not taken over.
This shows what the plugin does about it. Nothing on the host is changed.`)
}

function tellEnd(failures: number): void {
  const [format, text] =
    failures === 0
      ? (['green', `Everything worked. To use ${PLUGIN} on a node: see the README, "Install it on a node".`] as const)
      : ([
          'red',
          `${failures} of the findings above ${failures === 1 ? 'is' : 'are'} not as it should be: see FAILED.`,
        ] as const)
  console.log(`\n${styleText(format, text)}`)
}
