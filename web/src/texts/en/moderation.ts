import titles from './titles'

/** Words about decisions of moderators, for whom they concern. */
export default {
  title: titles.decisions,
  lead: 'What was decided about things of yours, and why. You can appeal once, within thirty days.',
  one: titles.decision,
  emptyTitle: 'Nothing was decided about you',
  emptyText: 'When a moderator hides something of yours or says something about it, it is told here.',
  things: { message: 'Your message', report: 'Your report', comment: 'Your comment', rating: 'Your rating', media: 'Your photo', ban: 'Your account' } as Record<string, string>,
  outcomes: { keep: 'stays as it is', hide: 'is hidden', restore: 'is shown again', remove: 'was removed', warn: 'was objected to', ban: 'is banned', uphold: 'The decision stands' } as Record<string, string>,
  restored: 'may be used again',
  why: 'Why',
  said: 'What you said',
  waiting: 'Another moderator looks at it. You are told what they decide.',
  final: 'This decision is final.',
  appeal: 'Appeal',
  appealLead: 'A moderator who has not decided on it before reads what you write.',
  appealText: 'Why the decision is wrong',
  send: 'Send the appeal',
  sent: 'Your appeal is on its way.',
  unseen: 'Sign in to read the decision. To appeal against it, the link of the mail is enough.',
  missing: 'There is no such decision about you.',
  signIn: 'Sign in',
  all: 'All decisions about you',
}
