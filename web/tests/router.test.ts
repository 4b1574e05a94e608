import { expect, it } from 'vitest'
import { router } from '../src/router'
import type { RouteRecordRaw } from 'vue-router'

const areas = import.meta.glob<{ routes: RouteRecordRaw[] }>('../src/pages/*/routes.ts', { eager: true })
const declared = Object.values(areas).flatMap((area) => area.routes)

// Of two routes of one name the router keeps the later alone.
it('keeps every route that an area declares', () => {
  expect(declared.length).toBeGreaterThan(50)
  expect(declared.filter((each) => !router.getRoutes().some(({ path }) => path === each.path)).map(({ path }) => path)).toEqual([])
})

it('takes every title from the catalogue', () => {
  const sources = import.meta.glob<string>('../src/pages/*/routes.ts', { eager: true, query: '?raw', import: 'default' })
  const literal = Object.entries(sources).filter(([, source]) => /(title: |meta\()['"`]/.test(source))
  expect(literal.map(([file]) => file)).toEqual([])
})
