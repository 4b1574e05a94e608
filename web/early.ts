import type { Plugin, Rolldown } from 'vite'
import { PAGES } from './src/early/pages.ts'

const BEGIN = '/web/src/early/begin.ts'

/**
 * Puts what begins early into the document, first of all: its script, and beside it which files each page's code is made of.
 *
 * The files stand in the document and not in the script, whose name is made of its own content alone.
 */
export function early(): Plugin {
  return {
    name: 'gigsta-early',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle, chunk: entry }) {
        const chunks = Object.values(bundle ?? {}).filter((each) => each.type === 'chunk')
        const start = chunks.find((each) => each.moduleIds.some((module) => module.endsWith(BEGIN)))
        if (!start || !entry) throw new Error('The script that begins early was not built.')
        const loaded = filesOf(chunks, entry.fileName)
        const files: string[] = []
        const pages: Record<string, number[]> = {}
        for (const { page } of PAGES) {
          const own = chunks.find((each) => each.facadeModuleId?.endsWith(`/web/src/pages/${page}.vue`))
          if (!own) throw new Error(`There is no page ${page}.`)
          pages[page] = [...filesOf(chunks, own.fileName)].filter((file) => !loaded.has(file)).map((file) => {
            const address = `/${file}`
            return files.includes(address) ? files.indexOf(address) : files.push(address) - 1
          })
        }
        const attrs = { type: 'module', async: true, crossorigin: '', fetchpriority: 'high', src: `/${start.fileName}`, 'data-pages': JSON.stringify({ files, pages }) }
        return [{ tag: 'script', attrs, injectTo: 'head' }]
      },
    },
  }
}

/** A file with all that it imports before it runs. */
function filesOf(chunks: readonly Rolldown.OutputChunk[], file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  chunks.find((each) => each.fileName === file)?.imports.forEach((each) => filesOf(chunks, each, found))
  return found
}
