/** Words of becoming a customer or a provider. */
export default {
  title: 'Welcome to GigSta',
  lead: 'What brings you here? You can always do both.',
  seeker: 'I am looking for somebody', seekerText: 'Find people near you, book a real free time, pay safely.',
  provider: 'I offer services', providerText: 'Be found near you, take jobs, get paid.',
  steps: { path: 'About you', profile: 'About you', business: 'Your business', billing: 'Payouts' },
  profile: { title: 'About you', lead: 'So that the people you book with know who you are.', name: 'Full name', phone: 'Telephone', phoneHint: 'With the country, such as +64 21 123 4567. Shared once a booking is accepted.', address: 'Address', addressHint: 'Where jobs usually are. You can give another with each booking.', password: 'Password', save: 'Go on' },
  business: { title: 'Your business', lead: 'What customers see, and where you start from.', name: 'Trading name', address: 'Business address', addressHint: 'Customers see the suburb. It is where distances are measured from.', save: 'Go on' },
  terms: (version: string) => `I accept the terms (${version}).`, termsLink: 'Read the terms',
  billing: {
    title: 'Where your money goes', lead: 'Stripe pays you out and checks who you are. We never see your bank account.', begin: 'Set up with Stripe', again: 'Go on with Stripe', expired: 'The link had lapsed. Begin again; what you entered is kept.',
    done: 'All set. You can be paid out.', waiting: 'Stripe is looking at what you sent. That takes some minutes, at times a day.', needs: 'Stripe still needs:', next: 'To your day', later: 'Later', hours: 'Next: say when you work', disabled: 'Stripe has stopped payouts:',
    reasons: { requirements: 'something it asked for has not been sent.', rejected: 'it does not accept this account. Please write to us.', under_review: 'it is looking at the account.', listed: 'it is looking at the account.', platform_paused: 'we have paused them. Please write to us.' } as Record<string, string>,
    needed: { external_account: 'A bank account', tos_acceptance: 'That you accept Stripe’s terms', first_name: 'Your first name', last_name: 'Your last name', dob: 'Your date of birth', day: 'Your date of birth', month: 'Your date of birth', year: 'Your date of birth', phone: 'A telephone number', email: 'A mail address', id_number: 'A number of an official document', document: 'A photo of an official document', additional_document: 'A second document', 'business_profile.url': 'A web address, or what you do in a few words', 'business_profile.mcc': 'The kind of your business', product_description: 'What you do, in a few words', line1: 'Your address', city: 'Your address', postal_code: 'Your address', state: 'Your address', tax_id: 'Your tax number' } as Record<string, string>,
    state: { account: 'Account', details: 'Details sent', transfers: 'Jobs can be paid', payouts: 'Payouts to your bank' }, yes: 'done', no: 'open', refresh: 'Look again',
  },
  pending: 'We are looking at your profile; that takes a day at most. You can already set everything up.',
}
