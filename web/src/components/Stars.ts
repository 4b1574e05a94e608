import { stars, type Rating } from '../drawn/stars'
import { drawnBy } from './vueKit'

export default drawnBy<Rating>(stars, { rating: null, plain: Boolean })
