import { computed } from 'vue'
import { words } from '../../format'
import { api } from '../../session/api'
import { dataOf } from '../../support/dataOf'
import type { Schemas } from '../../support/schemas'
import { useLoad } from '../../support/useLoad'

/** The kinds of reports with their names, and in their groups. */
export function useReportCategories() {
  const { data, error, reload } = useLoad(() => dataOf(api.GET('/v1/reports/categories')))
  const categories = computed(() => data.value?.items ?? [])
  const groups = computed(() => {
    const found = new Map<string, Schemas['ReportCategoryView'][]>()
    for (const each of categories.value) found.set(each.group, [...(found.get(each.group) ?? []), each])
    return [...found]
  })
  /** Empty while the names are on their way. */
  const nameOf = (category: string): string => categories.value.find((each) => each.category === category)?.name ?? (error.value ? words(category) : '')
  return { categories, groups, nameOf, error, reload }
}
