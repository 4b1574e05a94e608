import { drawnBy } from '../../components/vueKit'
import { serviceHead, type Chosen } from '../../drawn/service'

export default drawnBy<Chosen>(serviceHead, { service: null, minutes: null })
