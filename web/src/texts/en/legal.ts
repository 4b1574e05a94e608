import titles from './titles'

/** A heading with paragraphs, then what is said about each of several things, or the cancellation policies, then more. */
interface Section {
  title: string
  text?: string[]
  list?: [about: string, text: string][]
  policies?: boolean
  after?: string[]
}

const duration = (hours: number): string => (hours > 24 ? `${hours / 24} days` : `${hours} hours`)

/** Words of the terms and of the privacy notice: this product's own rules, told as it follows them. */
export default {
  own: {
    text: 'This text comes with the software and tells how it works. Whoever runs a marketplace with it publishes a text of their own instead, and sets its address when they deploy it:',
    where: { terms: 'TermsUrl, TermsVersion', privacy: 'PrivacyUrl, PrivacyVersion' },
  },
  elsewhere: 'What holds here stands at',
  version: (version: string) => `Version in force: ${version}`,
  policies: {
    share: (percent: number, hours: number) => `${percent === 100 ? 'all of the price' : `${percent}% of it`} up to ${hours ? `${duration(hours)} before the start` : 'the start'}`,
    back: (shares: string[]) => `You get back ${shares.join(', ')}; nothing later.`,
  },
  terms: {
    title: titles.terms,
    lead: 'How booking, paying and rating work here. Times are those that the software comes with.',
    sections: [
      {
        title: 'Who deals with whom',
        text: [
          'Providers offer their services here, and customers book them. The work is agreed between these two: we are not the ones who do it.',
          'We show who is free, take the payment, keep it until the work is done, and pay the provider. Where the two disagree about a booking, our staff decide what becomes of its money.',
          'A new provider is looked at by our staff.',
        ],
      },
      {
        title: 'Booking',
        text: [
          'A booking counts once its card is authorised or saved; the time is held for you for 15 minutes meanwhile. Some services accept at once. Otherwise the provider answers within 24 hours at most, and the booking says until when; without an answer it lapses, and nothing is charged.',
          'Either side may propose another time, three times at most and until 12 hours before the start. What was agreed stays until the other side has accepted.',
          'Where you meet, the provider starts the work with the customer’s start code.',
        ],
      },
      {
        title: 'Prices and fees',
        text: [
          'The whole price is shown before you book, with any tax in it. More is added only where the provider proposes an extra and the customer accepts it.',
          'The card is authorised when you book, or two days before the work where that is further ahead. It is charged when the work is done, or earlier where the authorisation would lapse. Where it cannot be authorised by 12 hours before the start, the booking is cancelled.',
          'Our commission is part of the price and comes out of the provider’s share. How much it is goes by the provider’s plan or the kind of work; the provider sees their share with each booking, and what plans cost on the page of plans.',
          'The provider is paid 48 hours after the work has ended, where no problem was reported.',
        ],
      },
      {
        title: 'Cancelling and refunds',
        text: [
          'Until the provider has accepted, cancelling costs nothing. Where the provider or our staff cancel, all of it comes back. After that the service’s policy holds, which you see before you book:',
        ],
        policies: true,
        after: [
          'A booking says what cancelling would cost now before you confirm it. A fee that is too small for a card is not taken.',
          'Who did not come can be reported as absent from 15 minutes after the start, and has 24 hours to contest it. An absent customer pays the whole price; an absent provider gets nothing.',
          'Was something wrong with the work? Report it within 48 hours after its end. The payout stops, both sides say what they know, and our staff decide. What nobody has decided after 30 days closes as it stood: work that began is paid, work that never began is refunded.',
        ],
      },
      {
        title: 'Ratings',
        text: [
          'Both sides may rate each other within 7 days after the work: one to five stars and a few words. Neither sees the other’s before both have rated or the 7 days are over. They are published without a name, and who was rated may answer. What may break the rules below is read by a moderator first.',
        ],
      },
      {
        title: 'How we treat each other',
        text: [
          'No insults or threats, no advertising, no fraud, no asking to be paid past the marketplace. Contact details in messages are hidden until a booking is accepted.',
          'A moderator looks at what was reported. They may keep it, hide it, remove a photo or warn; who wrote it is mailed the reason. They may appeal once within 30 days, and a moderator who had no part in the decision looks again.',
          'An account that does harm can be suspended at once; its owner is mailed the reason and can object by answering. Closing it for good takes two members of our staff, and can be appealed against too.',
          'Reports of what is broken in a public place are checked before anybody else sees them.',
        ],
      },
      {
        title: 'Ending an account',
        text: [
          'You may delete your account at any time, in your account. As long as a booking is under way, money is on its way or you owe some, that is refused and names what is open. The privacy notice says what is erased and what stays.',
          'Where these terms change, you are asked to accept the new version.',
        ],
      },
    ] as Section[],
  },
  privacy: {
    title: titles.privacy,
    lead: 'What is kept about you, why, who sees it, and for how long.',
    sections: [
      {
        title: 'Who keeps it',
        text: ['Whoever runs this marketplace. Answer any mail of theirs to reach them.'],
      },
      {
        title: 'What is kept, and why',
        list: [
          ['Your account', 'name, mail address, telephone, address, picture, and which terms you accepted: so that you can sign in, be told things and be met. Of a password there is only a hash that nobody can read.'],
          ['Signing in', 'when, from which network address and with which browser: so that you see where you are signed in, and misuse is found.'],
          ['Bookings, requests and offers', 'what, when, where, your notes, the price and what became of it: to carry them out, and for the books.'],
          ['Messages and photos', 'what you write and show to others. Place and time that a camera writes into a photo are removed; of evidence and of reports they are kept for those who decide.'],
          ['Ratings and reports', 'what you publish, and what you follow or find important.'],
          ['Your business', 'trading name, address, hours, services, tax number, and what you put into your calendar yourself, such as bookings that came by telephone: so that you are found and paid.'],
          ['What we told you', 'notices and mails, and what you want to be told.'],
          ['Moderators’ decisions', 'about things of yours, and what you reported to them.'],
        ],
        after: ['There is no advertising and no tracking. Your browser keeps your sign-in, unfinished forms and how you like the page to look; two cookies belong to signing in.'],
      },
      {
        title: 'Who gets it',
        list: [
          ['Everybody', 'a provider’s page with trading name, suburb, services, free times and ratings; published reports, without your name unless you show it.'],
          ['The provider of a booking or request', 'before accepting your first name, the suburb, a point about a kilometre off and your notes without contact details; after that your full name, address and telephone. How to get in is shown while the work is agreed or under way.'],
          ['The customer of a booking', 'the provider’s contact details once it is accepted. For both sides they are hidden again 30 days after the booking has closed.'],
          ['Our staff', 'what their role needs. They see of conversations only what was reported, and what they do is logged.'],
          ['Stripe', 'takes payments and pays providers out. Card numbers, bank accounts and papers that prove who a provider is go straight to Stripe; we see brand, last digits and expiry of a card.'],
          ['The service that sends our mails', 'your address and the mail, by Amazon’s SES. No text messages are sent. Where you switch push messages on, your browser’s maker delivers them, encrypted.'],
          ['Google or Facebook', 'only if you sign in with them: they tell us your name and mail address.'],
          ['Who hosts this', 'Amazon Web Services, and whoever runs its MongoDB database. Where it is set up so, photos lie at Cloudflare, maps come from a server of map tiles, an address service looks up places without being told whose they are, and Google’s Gemini judges texts and photos of reports.'],
        ],
      },
      {
        title: 'How long',
        list: [
          ['A sign-in', 'ends after 30 days without use and after 90 in any case; that it was there is kept for 90 days more.'],
          ['The log of what matters for safety', 'such as sign-ins and changed passwords: 400 days.'],
          ['Notices, and the log of mails', '90 days.'],
          ['A registration that nobody confirmed', '24 hours. What a guest began to book: a week after the time was let go.'],
          ['A photo that was attached to nothing', '24 hours.'],
          ['A provider’s own bookings', 'a year after the work; blocked times 90 days.'],
          ['The servers’ logs', '30 days, unless whoever runs this sets another time.'],
          ['Bookings and their books, messages, ratings', 'as long as the marketplace is there: they belong to both sides.'],
        ],
      },
      {
        title: 'What you can do',
        text: [
          'In your account you can change what is held about you, download all of it, and delete the account. For the last two you prove once more that it is you.',
          'Deleting takes effect at once: nobody can sign in, and name, address, telephone and services are gone. Sign-ins, notices, mails and photos follow within minutes, as do address and notes on closed bookings and your cards at Stripe.',
          'What stays is without your name: bookings with their prices and states, the books, messages with whom you wrote to, ratings, and where and what was broken of published reports. A provider’s tax number stays on receipts, and an account at Stripe is the provider’s own.',
        ],
      },
    ] as Section[],
  },
}
