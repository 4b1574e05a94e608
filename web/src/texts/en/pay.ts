/** Words around paying. */
export default {
  noStripe: 'No card form is set up here. Ask whoever runs this marketplace.',
  paying: 'One moment …',
  asked: 'Your bank wants to know that it is you. Confirm it there; the card you chose is used.',
  prove: 'Confirm with the bank',
  another: 'Use another card',
  safe: 'Your card goes to Stripe directly; we never see its number. It is charged only when the work is done.',
}
