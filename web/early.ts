import type { Plugin, Rolldown } from 'vite'
import { PAGES } from './src/early/pages.ts'

const BEGIN = '/web/src/early/begin.ts'

/**
 * Puts what begins early into the document instead of the app, which it opens: its script, and beside it the names of the
 * files of the app and of each page's code.
 *
 * The files stand in the document and not in the script, whose name is made of its own content alone.
 */
export function early(): Plugin {
  return {
    name: 'gigsta-early',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle, chunk: entry }) {
        const chunks = Object.values(bundle ?? {}).filter((each) => each.type === 'chunk')
        const start = chunks.find((each) => each.moduleIds.some((module) => module.endsWith(BEGIN)))
        if (!start || !entry) throw new Error('The script that begins early was not built.')
        const loaded = filesOf(chunks, entry.fileName)
        const files: string[] = []
        const numbered = (names: Iterable<string>): number[] =>
          [...names].map((name) => `/${name}`).map((address) => (files.includes(address) ? files.indexOf(address) : files.push(address) - 1))
        const own = numbered([...loaded].filter((file) => file !== start.fileName))
        const pages: Record<string, number[]> = {}
        for (const { page } of PAGES) {
          const code = chunks.find((each) => each.facadeModuleId?.endsWith(`/web/src/pages/${page}.vue`))
          if (!code) throw new Error(`There is no page ${page}.`)
          pages[page] = numbered([...filesOf(chunks, code.fileName)].filter((file) => !loaded.has(file)))
        }
        const app = `/${entry.fileName}`
        const opened = new RegExp(`<script [^>]*src="${app}"></script>`)
        if (!opened.test(html)) throw new Error('The document does not open the app.')
        const built = JSON.stringify({ app, files, own, pages }).replaceAll('"', '&quot;')
        const begun = `<script type="module" async crossorigin fetchpriority="high" src="/${start.fileName}" data-built="${built}"></script>`
        // They would be fetched before what the script asks for. Vue, the largest, may: a slow line would be idle otherwise.
        return html.replace(/ *<link rel="modulepreload"(?![^>]*\/vue-)[^>]*>\n/g, '').replace(opened, () => begun)
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
