import type { Plugin } from 'vite'

/**
 * What is worked out while the app is built, as a module of its own: `import found from 'virtual:…'`.
 * @param name behind `virtual:`.
 * @param read gives what the module has, which is written as JSON.
 */
export function virtual(name: string, read: () => Promise<unknown>): Plugin {
  const module = `virtual:${name}`
  return {
    name: `gigsta-${name}`,
    resolveId: (id) => (id === module ? `\0${module}` : null),
    async load(id) {
      if (id !== `\0${module}`) return null
      // A string is parsed faster than the same literal: https://v8.dev/blog/cost-of-javascript-2019#json
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(await read()))})`
    },
  }
}
