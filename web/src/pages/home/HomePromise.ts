import { drawnBy } from '../../components/vueKit'
import { promise } from '../../drawn/home'

export default drawnBy(promise, {})
