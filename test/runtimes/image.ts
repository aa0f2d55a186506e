import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'

/** The name of the only image, which has busybox's commands and sleeps by default. */
export const IMAGE = 'localhost/busybox:test'

/** `docker save`'s format, which both `podman load` and `ctr images import` read. */
export const IMAGE_ARCHIVE = '/run/image.tar'

const FOLDER = '/run/image'
const COMMANDS = ['cat', 'mv', 'sh', 'sleep']

/** Makes {@link IMAGE_ARCHIVE} from Debian's busybox-static. */
export function createImage(): void {
  mkdirSync(`${FOLDER}/root/bin`, { recursive: true })
  copyFileSync('/bin/busybox', `${FOLDER}/root/bin/busybox`)
  for (const command of COMMANDS) symlinkSync('busybox', `${FOLDER}/root/bin/${command}`)
  execFileSync('tar', ['-C', `${FOLDER}/root`, '-cf', `${FOLDER}/layer.tar`, '.'])
  const digest = createHash('sha256')
    .update(readFileSync(`${FOLDER}/layer.tar`))
    .digest('hex')
  const config = {
    os: 'linux',
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    config: { Cmd: ['sleep', '1000'], Env: ['PATH=/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  }
  const manifest = [{ Config: 'config.json', RepoTags: [IMAGE], Layers: ['layer.tar'] }]
  writeFileSync(`${FOLDER}/config.json`, JSON.stringify(config))
  writeFileSync(`${FOLDER}/manifest.json`, JSON.stringify(manifest))
  execFileSync('tar', ['-C', FOLDER, '-cf', IMAGE_ARCHIVE, 'manifest.json', 'config.json', 'layer.tar'])
}
