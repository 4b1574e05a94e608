/** Words about prices. */
export default {
  title: 'Price',
  total: 'Total',
  tax: (name: string, amount: string) => `incl. ${name} ${amount}`,
}
