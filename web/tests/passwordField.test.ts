import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import PasswordField from '../src/components/PasswordField.vue'
import t from '@texts/common'

describe('a password', () => {
  it('is hidden until one asks to see it, and hidden again', async () => {
    const field = mount(PasswordField, { props: { label: 'Password', modelValue: 'quiet river' } })
    const [input, button] = [field.get('input'), field.get('button')]
    const looks = () => [input.element.type, button.text(), input.element.value]
    expect(looks()).toEqual(['password', t.password.show, 'quiet river'])
    await button.trigger('click')
    expect(looks()).toEqual(['text', t.password.hide, 'quiet river'])
    await button.trigger('click')
    expect(looks()).toEqual(['password', t.password.show, 'quiet river'])
    expect(button.attributes('type')).toBe('button')
  })
})
