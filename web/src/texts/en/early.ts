/** What is said where the app itself cannot be had. */
export default {
  lost: 'GigSta could not be loaded. ',
  again: 'Try again',
}
