import { lifecycle, type Life } from '../drawn/life'
import { drawnBy } from './vueKit'

export default drawnBy<Life>(lifecycle, { steps: null, label: null })
