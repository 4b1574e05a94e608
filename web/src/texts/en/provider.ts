/** Words of a provider's pages. */
const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

export default {
  today: {
    hello: (name: string, jobs: number) => `Kia ora${name ? ` ${name}` : ''}, ${NUMBERS[jobs] ?? jobs} ${jobs === 1 ? 'job' : 'jobs'} today`,
    next: 'Next:', nothingNext: 'Nothing else is booked yet.', shown: 'Your free hours are shown to people who search.',
    inProgress: 'Going on now:', directions: 'Directions', join: 'The booking',
    held: 'Held until settled',
    paid: 'Paid out this month', paidBefore: (sum: string, month: string) => `${sum} in ${month}`, paidNone: 'nothing so far',
    answers: 'Answers within', answersNone: 'not asked lately', answersRate: (share: string) => `${share} of offers agreed`,
    rating: 'Rating', ratings: (count: number) => (count === 1 ? 'one rating' : `${count} ratings`), noRating: 'none yet',
    chart: 'Earnings by month', chartPaid: 'Paid out', chartHeld: 'Held or still to be earned',
    waiting: 'Waiting for your answer', waitingNone: 'Nobody waits for you.', accept: 'Accept', quote: 'Quote', look: 'Look',
    answerBy: 'answer by', offer: 'Offer', week: 'This week', toCalendar: 'Calendar',
    notListed: 'Customers cannot find you yet.', notListedWhy: { pending: 'We are looking at your profile; that takes a day at most.', rejected: 'Your application was not approved; our mail says why. Correct your details and apply again.', billing: 'Say where your money should go.', hours: 'Say when you work.', services: 'Publish a first service.' },
    steps: { apply: 'Apply again', billing: 'Set up payouts', hours: 'Set your hours', services: 'Add a service' },
  },
  calendar: {
    title: 'Calendar', before: 'The week before', after: 'The week after', now: 'This week', empty: 'Nothing this week.',
    kinds: { job: 'Booked', waiting: 'Waits for your answer', hold: 'Held until it is agreed', private: 'Private', manual: 'Taken on the telephone' },
    quoted: (title: string) => `Quote: ${title}`, moved: (title: string) => `New time: ${title}`,
    block: 'Keep time free', blockTitle: 'Keep time free', blockText: 'Nobody can book it.', from: 'From', to: 'Until', reason: 'What for (only you see it)',
    manual: 'Enter a booking', manualTitle: 'A booking taken on the telephone', manualText: 'It takes your time here; payment stays between you and the customer.',
    what: 'What', service: 'Service', noService: 'None of them', start: 'Start', minutes: 'Minutes', customer: 'Name of the customer', phone: 'Telephone', notes: 'Notes',
    remove: 'Take it out', removeAsk: 'Take it out of the calendar?', change: 'Change', changeTitle: 'Change a booking', save: 'Save', private: 'Private',
  },
  hours: {
    title: 'When you work', lead: 'People can book what is free in these hours. Bookings that stand are not changed.',
    days: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'], closed: 'Closed', add: 'Add hours', remove: 'Remove', from: 'from', to: 'to', copy: 'Copy to all working days',
    zone: 'Time zone', rules: 'Rules', step: 'Starts every', before: 'Free before a job', after: 'Free after a job', notice: 'At least ahead', window: 'At most ahead', perDay: 'Jobs a day at most', perWeek: 'Jobs a week at most', unlimited: 'no limit', minutes: 'min', hoursUnit: 'hours', daysUnit: 'days',
    exceptions: 'Other days', exceptionsText: 'Days that differ from the week: closed, other hours, or more.', addException: 'Add a day', kinds: { closed: 'Closed', different: 'Other hours', extra: 'More hours' }, date: 'Day',
    holidays: 'Holidays', addHoliday: 'Add holidays', first: 'First day', last: 'Last day', reason: 'Why',
    preview: 'Your week as customers see it', save: 'Save', saved: 'Saved. Search shows it in a moment.', affected: 'These bookings stand outside your new hours. They were not changed:', stale: 'Your profile was changed elsewhere meanwhile.',
  },
  services: {
    title: 'Your services', lead: 'What people can find and book.', add: 'Add a service', emptyTitle: 'No service yet', emptyText: 'Say what you do, for how much and for how long. It takes two minutes.',
    status: { draft: 'Draft', active: 'Published', paused: 'Paused', deleted: 'Deleted' }, publish: 'Publish', pause: 'Pause', edit: 'Edit', remove: 'Delete', removeAsk: 'Delete this service? Bookings of it stay.', view: 'View',
    newTitle: 'A new service', editTitle: 'Change a service',
    name: 'Title', description: 'Description', category: 'Kind of work', choose: 'Choose a kind of work', priceType: 'Price', priceTypes: { fixed: 'For the whole job', hourly: 'By the hour', quote: 'By quote' }, price: 'Price', minutes: 'Takes (minutes)', minutesHint: 'Multiples of five.',
    places: 'Where', placeKinds: { customer: 'At the customer’s', provider: 'At yours', online: 'Online' }, link: 'Link for online appointments', photos: 'Photos', policy: 'Cancelling', policies: { flexible: 'Flexible', moderate: 'Moderate', strict: 'Strict' } as Record<string, string>, placesMissing: 'Say where the work happens: tick one of them or more.', photosHint: 'Up to ten. The first one is shown in search.',
    auto: 'Accept bookings at once', autoHint: 'A free slot is booked without your answer.', options: 'Options', optionsHint: 'What can be added, such as taking green waste along.', addOption: 'Add an option', optionName: 'Name', optionPrice: 'Price', optionMinutes: 'More minutes', optionMost: 'At most', publishNow: 'Publish it now', save: 'Save',
  },
  earnings: {
    title: 'Earnings', lead: (zone: string) => `By month of the job, in ${zone.split('/').at(-1)?.replaceAll('_', ' ')} time.`, jobCount: (n: number) => (n === 1 ? 'one job' : `${n} jobs`), emptyTitle: 'Nothing earned yet', emptyText: 'Each job shows here with what is still to come, what is held, and what was paid out.',
    month: 'Month', jobs: 'Jobs', expected: 'Still to be earned', held: 'Held', paid: 'Paid out', commission: 'Our commission', setOff: 'Set off', owed: 'You owe', chart: 'Paid out, held and expected by month',
    statements: 'Statements', statementsText: 'Sales, commission and payouts of a time, for your accounts.', from: 'From', to: 'Until', download: 'Download as CSV',
    stats: 'How it goes', acceptance: 'Accepted', completion: 'Completed', reliability: 'Reliability', requests: 'Requests', declined: 'Declined', cancelled: 'Cancelled by you',
  },
  payouts: {
    title: 'Payouts', lead: 'Money of settled jobs, on its way to your bank.', emptyTitle: 'No payouts yet', emptyText: 'The first follows a few days after your first settled job.', available: 'Paid out next', pending: 'Still with Stripe', owed: 'You owe', arrives: 'arrives', dashboard: 'Open Stripe', status: { paid: 'Paid', pending: 'On its way', in_transit: 'On its way', failed: 'Failed', canceled: 'Canceled' } as Record<string, string>, setUp: 'Set up payouts',
  },
  plan: {
    title: 'Your plan', lead: 'What you pay us: a share of each job, and with a plan a smaller one.', current: 'Your plan now', free: 'Nothing a month', month: 'a month', year: 'a year', commission: (share: string) => `${share} of each job`, services: (count: number | null) => (count === null ? 'As many services as you like' : count === 1 ? 'One service' : `${count} services`), trial: (days: number) => `${days} days free to try`, choose: 'Choose', manage: 'Manage or cancel', ends: 'Ends on', renews: 'Goes on from', trialEnds: 'Free until', pastDue: 'The last payment failed. Change the card, or the plan ends.', done: 'Thank you. Your plan is being set up; that takes a moment.', isSet: (plan: string) => `Thank you. Your plan is ${plan} now.`, none: 'No plans are offered here.',
  },
  profile: {
    title: 'Your profile', name: 'Trading name', bio: 'About you', bioHint: 'What you do and since when, what you bring, what makes you good at it.', addressHint: 'Customers see the suburb. Distances are measured from here.', taxHint: 'Only if you have one.', radius: 'How far you go', km: 'km', address: 'Address', tax: 'GST or ABN number', picture: 'Picture', save: 'Save', saved: 'Saved.', view: 'As customers see it', changed: 'Your profile was changed elsewhere meanwhile; this is how it is now.',
  },
  nav: { label: 'Your business', today: 'Today', calendar: 'Calendar', hours: 'Hours', services: 'Services', offers: 'Offers', earnings: 'Earnings', payouts: 'Payouts', plan: 'Plan', profile: 'Profile' },
}
