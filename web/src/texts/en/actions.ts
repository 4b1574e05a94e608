/** Words around actions; their names and notes come from the server. */
export default {
  confirm: {
    complete: 'The work is done and can be charged?',
  },
  refund: 'You get back',
  refundOther: 'The customer gets back',
  fee: 'Fee',
  nothing: 'nothing',
  asked: 'This cannot be undone.',
  changed: 'It changed meanwhile. Here is how it stands now.',
  never: 'No, leave it',
  label: 'What you can do now',
  fields: {
    note: 'Note',
    reason: 'Reason',
    optional: 'optional',
    amountIn: (label: string, currency: string) => `${label} (${currency.toUpperCase()})`,
    photos: 'Photos',
    localTime: (zone: string) => `Times are of ${zone.split('/').at(-1)?.replaceAll('_', ' ')}.`,
  },
}
