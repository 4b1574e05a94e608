import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import PayPanel from '../src/components/PayPanel.vue'
import t from '@texts/pay'

const stripe = {
  elements: vi.fn(() => ({ create: () => ({ on: (_: string, does: () => void) => does(), mount: () => undefined, unmount: () => undefined }), submit: () => Promise.resolve({}) })),
  confirmPayment: vi.fn(() => Promise.resolve({})),
  handleNextAction: vi.fn((): Promise<{ error?: { message: string } }> => Promise.resolve({})),
  retrievePaymentIntent: vi.fn(),
}
vi.mock('../src/session/stripe', () => ({ loadStripe: () => Promise.resolve(stripe) }))

async function opened(status: string) {
  vi.clearAllMocks()
  stripe.retrievePaymentIntent.mockResolvedValue({ paymentIntent: { status } })
  const panel = mount(PayPanel, { props: { clientSecret: 'pi_1_secret_2', label: 'Pay', returnUrl: 'https://example.com/bookings/1' } })
  await flushPromises()
  return panel
}

describe('a card whose bank asks who pays', () => {
  it('is not asked for again, but confirmed', async () => {
    const panel = await opened('requires_action')
    expect(stripe.elements).not.toHaveBeenCalled()
    expect(panel.get('button').text()).toBe(t.prove)
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(stripe.handleNextAction).toHaveBeenCalledWith({ clientSecret: 'pi_1_secret_2' })
    expect(stripe.confirmPayment).not.toHaveBeenCalled()
    expect(panel.emitted('done')).toHaveLength(1)
  })
  it('may be another one, and has to be where the bank did not confirm it', async () => {
    const panel = await opened('requires_action')
    stripe.handleNextAction.mockResolvedValueOnce({ error: { message: 'We are unable to authenticate it.' } })
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(panel.text()).toContain('We are unable to authenticate it.')
    expect(stripe.elements).toHaveBeenCalledOnce()
    expect(panel.get('button').text()).toBe('Pay')
    expect(panel.emitted('done')).toBeUndefined()
  })
  it('is typed where none was taken yet', async () => {
    const panel = await opened('requires_payment_method')
    expect(panel.get('button').text()).toBe('Pay')
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(stripe.confirmPayment).toHaveBeenCalledOnce()
  })
})
