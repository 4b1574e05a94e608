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
