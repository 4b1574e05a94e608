import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import MoneyInput from '../src/components/MoneyInput.vue'

/** Type an amount, key by key, and say what the field shows meanwhile and what it means in minor units. */
async function typing(keys: string): Promise<{ shown: string[]; means: number | null; left: string }> {
  const field = mount(MoneyInput, { props: { currency: 'nzd', modelValue: null, 'onUpdate:modelValue': (modelValue: number | null) => field.setProps({ modelValue }) } })
  const input = field.get('input')
  const shown: string[] = []
  for (const key of keys) {
    await input.setValue(input.element.value + key)
    shown.push(input.element.value)
  }
  await input.trigger('blur')
  return { shown, means: field.props('modelValue'), left: input.element.value }
}

describe('an amount that is typed', () => {
  it('is left alone until the field is left, so that no decimal is lost', async () => {
    expect(await typing('85.05')).toEqual({ shown: ['8', '85', '85.', '85.0', '85.05'], means: 8505, left: '85.05' })
  })
  it('is written with both decimals or none afterwards', async () => {
    expect((await typing('85.5')).left).toBe('85.50')
    expect((await typing('100.00')).left).toBe('100')
  })
})
