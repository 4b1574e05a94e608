/** Words of letting moderators look at something. */
export default {
  open: { message: 'Report this message', report: 'Report this to the moderators', comment: 'Report this comment', rating: 'Report this rating', media: 'Report a photo' },
  title: {
    message: 'What is wrong with this message?', report: 'What is wrong with this report?', comment: 'What is wrong with this comment?', rating: 'What is wrong with this rating?', media: 'What is wrong with this photo?',
  },
  reasons: { abuse: 'It insults or threatens', spam: 'It is advertising', scam: 'It looks like fraud', off_platform: 'It asks to pay elsewhere', other: 'Something else' },
  photo: (nth: number) => `Photo ${nth}`,
  note: 'Anything that helps to understand it',
  send: 'Send it to the moderators',
  sent: 'Thank you. Our moderators look at it.',
}
