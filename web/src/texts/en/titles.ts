/** What windows are called: apart, for the router knows all of them before any page's own words are there. */
export default {
  account: 'Account',
  accountDeleted: 'Your account is deleted',
  bookings: 'Bookings',
  booking: 'Booking',
  checkout: 'Book',
  decisions: 'Decisions of our moderators',
  decision: 'A decision of our moderators',
  search: 'Find',
  signIn: 'Sign in',
  register: 'Make an account',
  verify: 'Confirm your address',
  forgot: 'Forgot the password',
  reset: 'Set a new password',
  confirmEmail: 'Confirm your new address',
  callback: 'Signing in …',
  welcome: 'About you',
}
