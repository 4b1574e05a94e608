/** Words of the home and search pages. */
const WHEN: Record<string, string> = { today: 'today', tomorrow: 'tomorrow', weekend: 'this weekend', week: 'in the next 7 days' }
/** A span that was asked for; a date as it is shown. */
const within = (when: string, shown: string): string => WHEN[when] ?? `on ${shown}`

export default {
  what: 'What',
  whatPlaceholder: 'Hedge trimming, a plumber …',
  where: 'Where',
  wherePlaceholder: 'Suburb or address',
  when: 'When',
  submit: 'Search',
  whens: { '': 'Any time', today: 'Today', tomorrow: 'Tomorrow', weekend: 'This weekend', week: 'Next 7 days' } as Record<string, string>,
  headline(count: number | null, isAbout: boolean, what: string, when: string, shown: string, isNear: boolean, byProvider: boolean): string {
    const free = when ? ` free ${within(when, shown)}` : ''
    if (count === null) return what ? `Looking for “${what}” …` : 'Looking around …'
    if (count === 0) return what ? `Nothing found for “${what}”${when ? ` ${within(when, shown)}` : ''}` : 'Nothing found'
    const many = `${isAbout ? 'About ' : ''}${new Intl.NumberFormat('en').format(count)}`
    const things = `${byProvider ? 'provider' : 'service'}${count === 1 ? '' : 's'}`
    return what ? `${many} ${byProvider ? `${things} ` : ''}for “${what}”${free}` : `${many} ${things}${free || (isNear ? ' near you' : ' to choose from')}`
  },
  failed: 'This search did not work',
  kinds: { label: 'What is shown', services: 'Services', providers: 'Providers' },
  within: (km: string, place: string) => `Within ${km} km of ${place}`,
  near: (place: string) => `Near ${place}`,
  everywhere: 'Everywhere. Say where you are to see who comes to you.',
  reallyBookable: 'times shown are really bookable',
  loosened: (words: string) => `Not everything matched, so this was left out: ${words}`,
  filters: {
    label: 'Narrow it down',
    radius: 'Distance',
    anyRadius: 'Any distance',
    km: (km: number) => `Within ${km} km`,
    rating: 'Rating',
    anyRating: 'Any rating',
    stars: (n: number) => `★ ${n.toFixed(1)}+`,
    price: 'Price',
    priceFrom: 'From',
    priceTo: 'To',
    apply: 'Apply',
    place: 'Where it happens',
    anyPlace: 'Anywhere',
    category: 'Kind of work',
    anyCategory: 'All kinds',
    sort: 'Sort',
    sorts: { relevance: 'Best match', distance: 'Nearest first', rating: 'Best rated', price: 'Cheapest first', soonest: 'Soonest free' } as Record<string, string>,
    clear: 'Clear filters',
  },
  card: {
    instantly: 'Books instantly',
    verified: 'Verified',
    offersWithin: 'Ask for a price',
    noSlots: (when: string, shown: string) => `No free time ${when ? within(when, shown) : 'in the next two weeks'}`,
    failed: 'Free times did not load.',
    see: 'See the service',
    book: 'Book ',
    soon: 'Free times',
    from: (price: string) => `from ${price}`,
  },
  showMap: 'Map',
  showList: 'List',
  mapLabel: 'Where the services are',
  mapOfProviders: 'Where the providers are',
  emptyTitle: 'Nobody fits all of that yet',
  emptyText: 'Look further, take a filter away, or describe the job once and let providers answer.',
  home: {
    title: 'Good hands, near you',
    lead: 'Book a real free time with somebody local, or describe a job and compare offers. Your money is held until the work is done.',
    popular: 'Popular near here',
    seeAll: 'See everything',
    services: (n: number) => (n === 1 ? '1 service' : `${n} services`),
    how: 'How it works',
    steps: [
      ['Pick a free time', 'The times you see are really free: the calendar is read as you look.'],
      ['Pay into safe hands', 'Your card is authorised now and charged when the work is done.'],
      ['Rate each other', 'Both sides rate, and neither sees the other’s words before.'],
    ] as const,
    askTitle: 'Rather have offers come to you?',
    askText: 'Describe the job once, with photos if you like. A few good providers nearby are asked, and you compare.',
    ask: 'Ask for offers',
    workTitle: 'Good at something?',
    workText: 'Set your hours, your prices and how far you go. You are paid after every job.',
    work: 'Offer your services',
    reportTitle: 'Seen something broken?',
    reportText: 'Put it on the map: potholes, leaks, lights. Neighbours vote, and a provider may fix it.',
    report: 'Open the map',
  },
}
