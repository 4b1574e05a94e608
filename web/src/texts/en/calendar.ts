/** Words of the private address by which another calendar follows one's bookings. */
export default {
  customer: { title: 'Calendar', lead: 'A private address that your calendar app can follow: all bookings, kept up to date.' },
  provider: { title: 'Calendar subscription', lead: 'Your jobs in the calendar of your phone. Who has the address sees them, so keep it to yourself.' },
  make: 'Make an address',
  renew: 'Make a new address',
  makeAsk: 'Have you made one before? It ends, and a calendar that follows it gets nothing more until you give it the new one.',
  renewAsk: 'The present one ends: a calendar that follows it gets nothing more until you give it the new one.',
  makeYes: 'Make it',
  copy: 'Copy',
  copied: 'Copied',
  end: 'End the address',
  endAsk: 'A calendar that follows it gets nothing more. You can make another one at any time.',
  endYes: 'End it',
  ended: 'No calendar follows your bookings now.',
}
