import { computed } from 'vue'
import { api } from '../../session/api'
import { dataOf } from '../../support/dataOf'
import type { Schemas } from '../../support/schemas'
import { useLoad } from '../../support/useLoad'

/** The kinds of reports with their names, and in their groups. */
export function useReportCategories() {
  const { data } = useLoad(() => dataOf(api.GET('/v1/reports/categories')))
  const categories = computed(() => data.value?.items ?? [])
  const groups = computed(() => {
    const found = new Map<string, Schemas['ReportCategoryView'][]>()
    for (const each of categories.value) found.set(each.group, [...(found.get(each.group) ?? []), each])
    return [...found]
  })
  const nameOf = (category: string): string => categories.value.find((each) => each.category === category)?.name ?? ''
  return { categories, groups, nameOf }
}
