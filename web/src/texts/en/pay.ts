/** Words around paying. */
export default {
  noStripe: 'No card form is set up here. Ask whoever runs this marketplace.',
  paying: 'One moment …',
  safe: 'Your card goes to Stripe directly; we never see its number. It is charged only when the work is done.',
}
