/** Words of becoming a customer or a provider. */
export default {
  title: 'Welcome to GigSta',
  lead: 'What brings you here? You can always do both.',
  seeker: 'I am looking for somebody', seekerText: 'Find people near you, book a real free time, pay safely.',
  provider: 'I offer services', providerText: 'Be found near you, take jobs, get paid.',
  steps: { path: 'What for', profile: 'About you', business: 'Your business', billing: 'Payouts' },
  profile: { title: 'About you', lead: 'So that the people you book with know who you are.', name: 'Full name', phone: 'Telephone', phoneHint: 'With the country, such as +64 21 123 4567. Shared once a booking is accepted.', address: 'Address', addressHint: 'Where jobs usually are. You can give another with each booking.', password: 'Password', save: 'Go on' },
  business: { title: 'Your business', lead: 'What customers see, and where you start from.', name: 'Trading name', address: 'Business address', addressHint: 'Customers see the suburb. It is where distances are measured from.', save: 'Go on' },
  terms: (version: string) => `I accept the terms (${version}).`, termsLink: 'Read the terms',
  billing: {
    title: 'Where your money goes', lead: 'Stripe pays you out and checks who you are. We never see your bank account.', begin: 'Set up with Stripe', again: 'Go on with Stripe', expired: 'The link had lapsed. Begin again; what you entered is kept.',
    done: 'All set. You can be paid out.', waiting: 'Stripe is looking at what you sent. That takes some minutes, at times a day.', needs: 'Stripe still needs:', next: 'To your day', hours: 'Next: say when you work', disabled: 'Stripe has stopped payouts:',
    state: { account: 'Account', details: 'Details sent', transfers: 'Jobs can be paid', payouts: 'Payouts to your bank' }, yes: 'done', no: 'open', refresh: 'Look again',
  },
  pending: 'We are looking at your profile; that takes a day at most. You can already set everything up.',
}
