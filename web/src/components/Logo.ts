import { logo } from '../drawn/logo'
import { drawnBy } from './vueKit'

export default drawnBy(logo, {})
